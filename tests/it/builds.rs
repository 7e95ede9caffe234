//! Builds from npm, end to end: the OpenTok.js lines that are supported, and the published network-test modules.

use crate::common::{Workspace, case, said};

/// A double of the interface of 5.x, which is on no registry.
const NETWORK_TEST_5: &str = include_str!("../modules/network-test-5.js");

#[test]
fn a_build_of_the_module_on_disk_runs_as_well() {
    let workspace = Workspace::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/harness-page/network-test/src/index.js");
    let scenario = "[test]\nquality = false\n[[case]]\nname = \"a\"\nexpect.connectivity.success = true\n";
    let (output, results) = workspace.run(scenario, &["--module", source, "--module", "built-in"]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert_eq!(case(&results, "a,module=index.js")["module"]["source"], source);
    assert_eq!(case(&results, "a,module=built-in")["module"]["source"], "built-in");
}

#[test]
fn a_module_that_is_none_is_an_error_of_its_case() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("empty.js"), "export {};\n").expect("written");
    let (output, results) = workspace.run("[test]\nmodule = \"empty.js\"\n[[case]]\nname = \"a\"\n", &[]);
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(case(&results, "a")["outcome"], "errored");
    assert!(text.contains("has no default export"), "{text}");
}

mod nightly {
    use super::*;

    #[test]
    fn every_line_of_opentok_js_passes_connectivity_and_quality() {
        let workspace = Workspace::new();
        let scenario = r#"
            [expect]
            connectivity.success = true
            audio.supported = true
            audio.mos = ">= 4"
            video.supported = true
            [[case]]
            name = "2.18"
            sdk.version = "2.18.2"
            [[case]]
            name = "2.27"
            sdk.version = "2.27.6"
            [[case]]
            name = "2.35"
            sdk.version = "2.35.2"
            [[case]]
            name = "vonage"
            sdk.package = "@vonage/client-sdk-video"
        "#;
        let (output, results) = workspace.run(scenario, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert_eq!(case(&results, "2.18")["sdk"]["version"], "2.18.2");
        assert!(case(&results, "2.27")["sdk"]["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")));
        assert_eq!(case(&results, "vonage")["sdk"]["source"], "npm @vonage/client-sdk-video");
        for name in ["2.18", "2.27", "2.35", "vonage"] {
            assert_eq!(case(&results, name)["findings"], serde_json::json!([]), "{name}");
            // The page's policy keeps it from nothing that it needs.
            assert_eq!(case(&results, name)["signalling"]["refused"], serde_json::Value::Null, "{name}");
        }
    }

    /// One of each generation. All of them, and for longer: `tests/it/nightly/releases.rs`.
    #[test]
    fn published_modules_run_beside_the_built_in_one() {
        let workspace = Workspace::new();
        std::fs::write(workspace.path().join("network-test-5.js"), NETWORK_TEST_5).expect("written");
        let scenario = r#"
            [test]
            timeout = "6 s"
            module = [
                "built-in",
                "npm:opentok-network-test-js@2.4.4",
                "npm:opentok-network-test-js@3.1.6",
                "network-test-5.js",
            ]
            [[case]]
            name = "a"
            expect.connectivity.success = true
            expect.audio.mos = ">= 4"
            [[case]]
            name = "refused"
            test.quality = false
            test.module = "network-test-5.js"
            platform.token = "expired"
            expect.connectivity.failedTests = "ConnectToSessionTokenError,FailedMessagingServerTestError"
        "#;
        let (output, results) = workspace.run(scenario, &[]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(0), "{text}");
        let header = text.lines().find(|line| line.starts_with(" figure ")).expect("the modules side by side");
        for module in ["built-in", "2.4.4", "3.1.6"] {
            assert!(header.contains(module), "{header}");
        }
        for module in ["built-in", "network-test-5.js"] {
            let video = &case(&results, &format!("a,module={module}"))["measured"]["quality"]["video"];
            assert_eq!(video["mediaRouting"], "Routed", "{module}: {video}");
        }
        for module in ["2.4.4", "3.1.6"] {
            let case = case(&results, &format!("a,module={module}"));
            assert_eq!(case["module"]["version"], module);
            assert_eq!(case["module"]["source"], "npm opentok-network-test-js");
            // Each second of it was measured, by the module and by the link.
            assert!(case["network"]["counters"]["up"]["packetsIn"].as_u64() > Some(500), "{case:#}");
        }
    }
}
