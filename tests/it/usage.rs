//! What is missing or wrong is said, with the exit code that the documents promise.

mod advice;
mod again;
mod comparisons;
mod completion;
mod environments;
mod hostile;
mod project;
mod start;
mod streams;
mod terminal;
mod version;

use std::net::TcpListener;
use std::path::Path;

use crate::common::{Workspace, said};

const CASE: &str = "[[case]]\nname = \"a\"\n";

/// A `PATH` with nothing but the system's shells and tools: neither Chrome nor npm.
fn bare_path(workspace: &Workspace) -> String {
    let bin = workspace.path().join("bin");
    std::fs::create_dir_all(&bin).expect("made");
    bin.to_string_lossy().into_owned()
}

#[test]
fn an_unknown_key_is_a_fault_of_the_scenario() {
    let workspace = Workspace::new();
    let path = workspace.scenario("[[case]]\nname = \"a\"\nnetwrok.delay = \"1 ms\"");
    for command in ["run", "check"] {
        let output = workspace.precall(&[command, path.to_str().expect("UTF-8")]).output().expect("runs");
        assert_eq!(output.status.code(), Some(3));
        let said = said(&output);
        for part in ["test.toml:3:1", "unknown key `netwrok`", "did you mean `network`?"] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
}

#[test]
fn a_valid_scenario_is_said_to_be_valid() {
    let workspace = Workspace::new();
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/demo.toml");
    let output = workspace.precall(&["check", demo.to_str().expect("UTF-8")]).output().expect("runs");
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output).contains("valid, 2 cases\n  clean, slow-lossy\n"));
}

#[test]
fn a_missing_scenario_is_a_fault_of_the_scenario() {
    let workspace = Workspace::new();
    let output = workspace.precall(&["run", "no.toml"]).output().expect("runs");
    assert_eq!(output.status.code(), Some(3));
    assert!(said(&output).contains("cannot read no.toml"));
}

#[test]
fn a_wrong_command_line_is_usage() {
    let workspace = Workspace::new();
    for arguments in
        [&["run"][..], &["nonsense"], &["run", "x", "--slots", "0"], &["run", "x", "--listen", "0.0.0.0:1"]]
    {
        let output = workspace.precall(arguments).output().expect("runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn no_browser_is_infrastructure_with_the_way_to_one() {
    let workspace = Workspace::new();
    let path = workspace.scenario(CASE);
    let output = workspace
        .precall(&["run", path.to_str().expect("UTF-8")])
        .env("PATH", bare_path(&workspace))
        .env("PRECALL_CACHE_DIR", workspace.path().join("cache"))
        .output()
        .expect("runs");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("no Chrome or Chromium found") && said.contains("precall browser install"), "{said}");
}

#[test]
fn a_taken_port_is_infrastructure() {
    let workspace = Workspace::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let bundle = workspace.path().join("opentok.js");
    std::fs::write(&bundle, "").expect("written");
    let path = workspace.scenario("[[case]]\nname = \"a\"\nsdk.path = \"opentok.js\"");
    let output =
        workspace.precall(&["run", path.to_str().expect("UTF-8"), "--listen", &address]).output().expect("runs");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains(&format!("port {address} is taken")) && said.contains("--listen"), "{said}");
}

/// npm is real; its registry is a port where nobody listens.
#[test]
fn an_unreachable_npm_registry_is_infrastructure() {
    let workspace = Workspace::new();
    let path = workspace.scenario(CASE);
    let output = workspace
        .precall(&["run", path.to_str().expect("UTF-8")])
        .env("PRECALL_CACHE_DIR", workspace.path().join("cache"))
        .env("npm_config_cache", workspace.path().join("npm"))
        .env("npm_config_registry", "http://user:hunter2@127.0.0.1:1/")
        .env("npm_config_fetch_retries", "0")
        .output()
        .expect("runs");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("npm could not fetch @opentok/client@latest") && said.contains("[sdk] path"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_machine_without_npm_is_said() {
    let workspace = Workspace::new();
    let path = workspace.scenario(CASE);
    let bin = bare_path(&workspace);
    // Only asked for its version: npm is missed before anything is started.
    let chrome = Path::new(&bin).join("chromium");
    std::fs::write(&chrome, "#!/bin/sh\necho Chromium 156.0.0.0\n").expect("written");
    std::fs::set_permissions(&chrome, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("executable");
    let output = workspace
        .precall(&["run", path.to_str().expect("UTF-8")])
        .env("PATH", bin)
        .env("PRECALL_CACHE_DIR", workspace.path().join("cache"))
        .output()
        .expect("runs");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("npm cannot be run") && said.contains("Node.js"), "{said}");
}

#[test]
fn an_unknown_release_is_a_fault_of_whoever_named_it() {
    let workspace = Workspace::new();
    let path = workspace.scenario("[sdk]\nversion = \"2.0.99\"\n[[case]]\nname = \"a\"\n");
    let path = path.to_str().expect("UTF-8");
    let output = workspace.precall(&["run", path]).output().expect("runs");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("there is no @opentok/client 2.0.99; its newest releases are 2."), "{text}");
    let output = workspace.precall(&["run", path, "--sdk", "2.0.98"]).output().expect("runs");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
}

#[test]
fn an_archive_that_was_changed_is_refused() {
    let workspace = Workspace::new();
    let bin = workspace.path().join("bin");
    std::fs::create_dir_all(&bin).expect("made");
    // A double, since a registry that serves a changed package cannot be had for real.
    let npm = "#!/bin/sh\ncase $1 in\n  view) echo '{\"version\":\"2.99.0\",\"dist.integrity\":\"sha512-AAAA\"}' ;;\n  pack) echo changed > opentok-client-2.99.0.tgz ;;\nesac\n";
    let program = bin.join("npm");
    std::fs::write(&program, npm).expect("written");
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("executable");
    let path = workspace.scenario(CASE);
    let output = workspace
        .precall(&["run", path.to_str().expect("UTF-8")])
        .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").expect("a PATH")))
        .env("PRECALL_CACHE_DIR", workspace.path().join("cache"))
        .output()
        .expect("runs");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("does not match its published integrity sha512-AAAA"), "{said}");
}

#[test]
fn the_doctor_names_each_missing_thing_and_its_fix() {
    let workspace = Workspace::new();
    let blocked = workspace.path().join("file");
    std::fs::write(&blocked, "").expect("written");
    let output = workspace
        .precall(&["doctor", "--fidelity"])
        .env("PATH", bare_path(&workspace))
        // Below a file there can be no directory.
        .env("PRECALL_CACHE_DIR", blocked.join("cache"))
        .output()
        .expect("runs");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    for part in [
        "missing  browser: no Chrome or Chromium found",
        "fix: precall browser install",
        "warning  npm: npm cannot be run",
        "fix: install Node.js",
        "missing  cache:",
        "fix: set PRECALL_CACHE_DIR",
        "ok  loopback:",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    // Without a browser there is nothing to measure.
    assert!(!said.contains("fidelity"), "{said}");
}

#[test]
fn networks_are_listed_and_printed_by_name() {
    let workspace = Workspace::new();
    let run = |arguments: &[&str]| workspace.precall(arguments).output().expect("runs");
    let all = run(&["networks"]);
    assert_eq!(all.status.code(), Some(0));
    assert!(said(&all).contains("wifi-hotel"));
    let one = run(&["networks", "3g"]);
    let toml = String::from_utf8(one.stdout).expect("UTF-8");
    let path = workspace.scenario(&format!("{toml}\n{CASE}network.profile = \"3g\"\n"));
    assert_eq!(run(&["check", path.to_str().expect("UTF-8")]).status.code(), Some(0), "{toml}");
    let unknown = run(&["networks", "3gslow"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(said(&unknown).contains("did you mean `3g-slow`?"));
}

#[test]
fn the_schema_is_printed_for_editors() {
    let workspace = Workspace::new();
    let output = workspace.precall(&["schema"]).output().expect("runs");
    assert_eq!(output.status.code(), Some(0));
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["properties"]["case"]["items"]["properties"]["network"].is_object());
}

#[test]
fn a_filter_by_an_axis_that_there_is_not_is_usage() {
    let workspace = Workspace::new();
    let path = workspace.scenario("[matrix]\nnetwork = [\"3g\", \"lte\"]");
    let list = |filter: &str| {
        workspace.precall(&["list", path.to_str().expect("UTF-8"), "--filter", filter]).output().expect("runs")
    };
    let right = list("network=3*");
    assert_eq!(right.status.code(), Some(0));
    assert!(said(&right).starts_with("network=3g\n"), "{}", said(&right));
    let wrong = list("netwrk!=3g");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("did you mean `network`?"), "{}", said(&wrong));
}

#[test]
fn a_directory_of_scenarios_is_checked() {
    let workspace = Workspace::new();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let output = workspace.precall(&["check", directory.to_str().expect("UTF-8")]).output().expect("runs");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).matches(": valid, ").count() > 5, "{}", said(&output));
}

#[test]
fn what_a_scenario_cannot_show_is_told_before_it_runs() {
    let workspace = Workspace::new();
    let path = workspace.scenario(
        "repeat = 2\n[test]\ntimeout = \"8 s\"\n[matrix]\nnetwork = [\"3g\", \"wifi-hotel\"]\nsdk = [\"2.34.2\", \"2.99.0\"]\n",
    );
    let path = path.to_str().expect("UTF-8");
    let run = |arguments: &[&str]| {
        let output = workspace.precall(arguments).output().expect("runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, printed, warned) = run(&["check", path]);
    assert_eq!(code, Some(0), "{warned}");
    assert!(
        printed.contains("valid, 8 cases, 3 warnings\n  network: 3g, wifi-hotel; sdk: 2.34.2, 2.99.0; repeats: 2\n"),
        "{printed}"
    );
    assert!(printed.contains("network test: precall's built-in module"), "{printed}");
    assert!(printed.contains("releases: not looked up (@opentok/client 2.34.2, @opentok/client 2.99.0)"), "{printed}");
    for line in ["test.toml:1: 2 repeats of two releases cannot show a change", "test.toml:3: the test ends after 8 s"]
    {
        assert_eq!(warned.matches(line).count(), 1, "{line} in {warned}");
    }
    // `list` and `run` say the same, before anything else.
    for arguments in [&["list", path][..], &["run", path, "--dry-run"]] {
        let (code, printed, warned) = run(arguments);
        assert!(code == Some(0) && printed.contains("8 cases"), "{printed}");
        assert!(warned.starts_with("network test: precall's built-in module"), "{warned}");
        assert_eq!(warned.matches("warning: ").count(), 3, "{warned}");
    }
    let (_, _, warned) = run(&["list", path, "--shard", "1/3", "--module", "npm:opentok-network-test-js@3.1.6"]);
    assert!(warned.contains("warning: --shard 1/3 runs sdk=2.34.2 and sdk=2.99.0 on different machines"), "{warned}");
    assert!(!warned.contains("built-in module"), "{warned}");
    // npm knows better.
    let (code, _, warned) = run(&["check", path, "--online"]);
    assert_eq!(code, Some(3), "{warned}");
    assert!(warned.contains("test.toml:6: there is no @opentok/client 2.99.0"), "{warned}");
}
