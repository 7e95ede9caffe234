//! What takes too long for every change: `make test-full`, nightly. The suites of every day take a few releases of each
//! line; these take them all.

mod common;

use std::process::Command;

use common::{Workspace, said};

/// Every release of a package from the first supported version on, without pre-releases, as npm knows them.
fn releases(package: &str, first: &semver::Version) -> Vec<semver::Version> {
    let output = Command::new("npm").args(["view", package, "versions", "--json"]).output().expect("npm runs");
    assert!(output.status.success(), "{}", said(&output));
    let versions: Vec<String> = serde_json::from_slice(&output.stdout).expect("npm prints JSON");
    let versions = versions.iter().filter_map(|version| semver::Version::parse(version).ok());
    versions.filter(|version| version.pre.is_empty() && version >= first).collect()
}

/// A scenario with the connectivity test of each, and a short call with media.
fn every(package: &str, versions: &[semver::Version]) -> String {
    let case = |version: &semver::Version| {
        format!("[[case]]\nname = \"{version}\"\nsdk = {{ package = \"{package}\", version = \"{version}\" }}\n")
    };
    let cases: String = versions.iter().map(case).collect();
    format!("[test]\nquality = false\n[expect]\nconnectivity.success = true\n{cases}")
}

fn run_every(package: &str, first: &str, at_least: usize) {
    let versions = releases(package, &semver::Version::parse(first).expect("a version"));
    assert!(versions.len() >= at_least, "npm knows only {versions:?}");
    let workspace = Workspace::new();
    let (output, results) = workspace.run(&every(package, &versions), &["--slots", "3"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let cases = results["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), versions.len());
    let phases: Vec<_> = cases.iter().map(|case| (&case["case"], &case["outcome"])).collect();
    assert!(phases.iter().all(|(_, outcome)| **outcome == "passed"), "{phases:?}");
    println!("{package}: {} releases, {first} to {}", versions.len(), versions[versions.len() - 1]);
}

#[test]
fn every_release_of_opentok_js_connects_publishes_and_subscribes() {
    run_every("@opentok/client", "2.18.0", 50);
}

#[test]
fn every_release_of_vonages_client_connects_publishes_and_subscribes() {
    run_every("@vonage/client-sdk-video", "2.27.0", 5);
}

#[test]
fn every_fault_has_its_name_with_older_releases_too() {
    for version in ["2.18.2", "2.27.6"] {
        let workspace = Workspace::new();
        let scenario = include_str!("../scenarios/faults.toml");
        let (output, results) = workspace.run(scenario, &["--slots", "6", "--sdk", version]);
        assert_eq!(output.status.code(), Some(0), "{version}: {}", said(&output));
        assert!(results["cases"].as_array().is_some_and(|cases| cases.len() > 20));
    }
}
