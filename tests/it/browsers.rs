//! Browsers as an axis: scenarios in Firefox, and Chrome and Firefox in one call.

use std::net::Ipv4Addr;

use crate::common::firefox::find;
use crate::common::{Workspace, said};
use precall::runner::media_host;
use precall_browser::{OLDEST_FIREFOX, Search, locate};
use precall_scenario::BrowserKind;
use serde_json::Value;

/// Whether scenarios can run in Firefox here. Where they cannot, the reason is printed.
pub fn has_firefox() -> bool {
    if find().is_none() {
        println!("not run: there is no Firefox; `make firefox` installs it");
        return false;
    }
    match media_host(BrowserKind::Firefox, Ipv4Addr::LOCALHOST.into()) {
        Ok(_) => true,
        Err(error) => {
            println!("not run: {error}");
            false
        }
    }
}

/// Whether pages of the Firefox here can have a proxy. Where they cannot, the reason is printed.
fn has_proxies() -> bool {
    let cache = precall::sdk::cache_directory();
    let named = find();
    let search = Search { kind: BrowserKind::Firefox, named: named.as_deref(), cache: &cache, version: None };
    let firefox = locate(&search).expect("a Firefox");
    let is_new = firefox.major().is_some_and(|major| major >= OLDEST_FIREFOX);
    if !is_new {
        println!(
            "not run: the case with a proxy, since {} is too old; `make firefox` looks for another",
            firefox.version
        );
    }
    is_new
}

/// Runs a scenario that has to pass, and returns its cases.
fn passed(scenario: &str, arguments: &[&str]) -> Vec<Value> {
    let workspace = Workspace::new();
    let (output, results) = workspace.run(scenario, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    results["cases"].as_array().expect("cases").clone()
}

fn is_firefox(value: &Value) -> bool {
    value["browser"].as_str().is_some_and(|version| version.contains("Firefox"))
}

/// What `make firefox` asks for is what precall needs.
#[test]
fn the_oldest_firefox_is_told_once() {
    assert!(include_str!("../../Makefile").contains(&format!("\nOLDEST_FIREFOX := {OLDEST_FIREFOX}\n")));
}

#[test]
fn network_tests_run_in_firefox() {
    if !has_firefox() {
        return;
    }
    let proxy = "[[case]]\nname = \"proxy\"\ntest.quality = false\nplatform.access = \"intercept\"\n\
                 expect.connectivity.success = true\n";
    let cases = passed(
        &("browser = \"firefox\"\n\
         [[case]]\nname = \"direct\"\ntest.quality = false\nexpect.connectivity.success = true\n\
         [[case]]\nname = \"denied\"\ntest.connectivity = false\ndevices.camera = \"denied\"\n\
         expect.quality.error = \"PermissionDeniedError\"\n"
            .to_owned()
            + if has_proxies() { proxy } else { "" }),
        &[],
    );
    assert!(cases.iter().all(is_firefox), "{cases:#?}");
}

#[test]
fn chrome_and_firefox_are_in_one_call() {
    if !has_firefox() {
        return;
    }
    let cases = passed(
        "[call]\nduration = \"8 s\"\n[[participant]]\nname = \"alice\"\n\
         [[participant]]\nname = \"bob\"\nbrowser = \"firefox\"\n\
         [expect]\nalice.bob.events.streamCreated = 1\nbob.alice.events.streamCreated = 1\nerrors = 0\n",
        &[],
    );
    let participants = cases[0]["call"]["participants"].as_array().expect("participants");
    assert_eq!(participants.iter().map(is_firefox).collect::<Vec<_>>(), [false, true]);
    for participant in participants {
        let received = &participant["subscriptions"][0];
        assert!(received["video"]["timeToFirstFrame"].as_f64().is_some(), "{participant:#}");
        let cost = &participant["page"];
        // Firefox does not say what its pages use, so nothing is said.
        assert_eq!(cost.is_null(), is_firefox(participant), "{cost:#}");
    }
}

#[test]
fn what_firefox_cannot_do_is_refused() {
    let workspace = Workspace::new();
    let text = "browser = \"firefox\"\n[[case]]\nname = \"a\"\ndevices.cpuSlowdown = 4\n";
    let path = workspace.scenario(text);
    let checked = workspace.precall(&["check", path.to_str().expect("UTF-8")]).output().expect("precall runs");
    assert!(
        !checked.status.success() && said(&checked).contains("Firefox cannot slow down scripts"),
        "{}",
        said(&checked)
    );
    let text = "[[case]]\nname = \"a\"\ndevices.cpuSlowdown = 4\n";
    let (output, _) = workspace.run(text, &["--browser", "firefox"]);
    assert!(said(&output).contains("leave it out (`--filter 'case!=a'`)"), "{}", said(&output));
}

#[test]
fn a_version_that_is_not_there_is_named() {
    let workspace = Workspace::new();
    let (output, _) = workspace.run("browser = { kind = \"chrome\", version = \"1\" }\n[[case]]\nname = \"a\"\n", &[]);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("no Chrome 1 found, but Chromium"), "{}", said(&output));
}

mod nightly {
    use super::*;

    /// The camera and the microphone are those of the script in the page.
    #[test]
    fn devices_of_firefox_are_filmed_and_heard_and_lost() {
        if !has_firefox() {
            return;
        }
        let cases = passed(
            "browser = \"firefox\"\ntest.connectivity = false\n\
             [[case]]\nname = \"film\"\ntest.timeout = \"8 s\"\ntest.microphone.sound = \"speech\"\n\
             test.camera = { picture = \"detailed\", resolution = \"320x240\" }\n\
             expect.video.frameRate = \">= 25\"\nexpect.audio.supported = true\n\
             [[case]]\nname = \"no-camera\"\ntest.timeout = \"6 s\"\ndevices.camera = \"none\"\n\
             expect.video.reason = \"No camera was found.\"\n\
             [[case]]\nname = \"lost\"\ndevices.camera = \"lost at 3 s\"\nexpect.quality.error = \"MediaDeviceError\"\n",
            &["--slots", "1"],
        );
        assert!(cases.iter().all(is_firefox), "{cases:#?}");
    }

    /// Runs a ready scenario in Firefox, and returns the names of the cases that did not pass.
    fn not_passed(scenario: &str, arguments: &[&str]) -> Vec<String> {
        let workspace = Workspace::new();
        let (output, results) = workspace.run(scenario, &[&["--browser", "firefox"], arguments].concat());
        let cases = results["cases"].as_array().unwrap_or_else(|| panic!("{}", said(&output)));
        let failed = cases.iter().filter(|case| case["outcome"] != "passed");
        failed.map(|case| case["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// The rows that differ from those of Chrome are those in `docs/src/reference/browsers.md`.
    #[test]
    fn ready_scenarios_pass_in_firefox_but_for_the_documented_rows() {
        if !has_firefox() {
            return;
        }
        let none: [&str; 0] = [];
        assert_eq!(not_passed(include_str!("../../scenarios/call.toml"), &[]), none);
        assert_eq!(not_passed(include_str!("../../scenarios/screen-share.toml"), &[]), none);
        assert_eq!(not_passed(include_str!("../../scenarios/demo.toml"), &[]), ["clean"]);
        let of_relay = ["turn-tls", "turn-tls-ipv6", "tls-only"];
        assert_eq!(not_passed(include_str!("../../scenarios/transports.toml"), &[]), of_relay);
        let devices = include_str!("../../scenarios/devices.toml");
        assert_eq!(not_passed(devices, &["--filter", "case!=slow-scripts"]), none);
        let of_tls = ["tls-only", "http-proxy", "http-proxy-login"];
        assert_eq!(not_passed(include_str!("../../scenarios/firewalls.toml"), &[]), of_tls);
        assert_eq!(not_passed(include_str!("../../scenarios/faults.toml"), &[]), none);
    }
}
