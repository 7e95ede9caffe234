//! Faults caused for real: on the embedded platform, and in the browser. Each has the error name that the network
//! test's README gives it.

use crate::common::{Workspace, said};

/// Those that are told of at once. What hangs or is blocked takes its limits, up to half a minute each:
/// `tests/it/nightly/releases.rs` has them all.
const QUICK: [&str; 5] = ["token-*", "session-*", "publish-403", "subscribe-404", "*-by-moderator"];

#[test]
fn every_fault_that_is_told_of_at_once_has_its_name() {
    let workspace = Workspace::new();
    let filters: Vec<_> = QUICK.iter().flat_map(|name| ["--filter", name]).collect();
    let arguments = [&["--slots", "3"], &filters[..]].concat();
    let (output, results) = workspace.run(include_str!("../../scenarios/faults.toml"), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let cases = results["cases"].as_array().expect("cases");
    assert!(cases.len() >= 8, "{}", cases.len());
    for case in cases {
        // No test outlives its limits: 30 s to connect, 5 s for the logging probe, and the clean-up.
        let seconds = case["seconds"].as_f64().expect("seconds");
        assert!(seconds < 60.0, "{} took {seconds} s", case["case"]);
    }
}

/// What becomes of devices without a platform's fault.
const DEVICES: &str = r#"
[test]
connectivity = false
timeout = "7 s"
[[case]]
name = "no-camera"
devices.camera = "none"
expect.video.reason = "No camera was found."
[[case]]
name = "no-microphone"
devices.microphone = "none"
expect.quality.error = "NoAudioCaptureDevicesError"
[[case]]
name = "camera-lost"
devices.camera = "lost at 5 s"
expect.quality.error = "MediaDeviceError"
[[case]]
name = "microphone-lost"
devices.microphone = "lost at 5 s"
expect.quality.error = "MediaDeviceError"
"#;

mod alone {
    use super::*;

    #[test]
    fn devices_that_are_missing_or_lost_are_said() {
        let workspace = Workspace::new();
        let (output, _) = workspace.run(DEVICES, &["--slots", "2"]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
}
