use std::path::Path;

use semver::Version;

use super::*;

fn read(text: &str) -> Scenario {
    crate::parse(text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"))
}

fn ids(text: &str) -> Vec<String> {
    let mut releases = Releases::default();
    let versions = ["2.27.0", "2.27.6", "2.35.1", "2.35.2"].map(|version| Version::parse(version).expect("a version"));
    for range in [">=0.0.0", "^2.27"] {
        releases.insert("@opentok/client", range, versions.clone().into());
    }
    expand(&[read(text)], &releases).expect("a plan").into_iter().map(|case| case.id).collect()
}

#[test]
fn seed_depends_on_scenario_name_and_repeat() {
    assert_eq!(seed_of(1, "clean", None), seed_of(1, "clean", Some(1)));
    assert_ne!(seed_of(1, "clean", None), seed_of(2, "clean", None));
    assert_ne!(seed_of(1, "clean", None), seed_of(1, "slow-lossy", None));
    assert_ne!(seed_of(1, "clean", Some(2)), seed_of(1, "clean", Some(1)));
    let scenario = read("[matrix]\nsdk = [\"2.27.6\", \"latest\"]\nnetwork = [\"3g\", \"lte\"]");
    let cases = expand(&[scenario], &Releases::default()).expect("a plan");
    assert!(cases.iter().all(|case| case.seed == cases[0].seed));
}

#[test]
fn case_runs_once_with_each_module() {
    let text = r#"
        [[case]]
        name = "a"
        [[case]]
        name = "b"
        test.module = ["built-in", "npm:opentok-network-test-js@2.4.4"]
    "#;
    assert_eq!(ids(text), ["a", "b,module=built-in", "b,module=2.4.4"]);
}

#[test]
fn matrix_alone_gives_combinations_in_file_order() {
    let text = r#"
        [matrix]
        sdk = ["2.27.6", "latest"]
        network = ["3g", "lte"]
    "#;
    let wanted = ["sdk=2.27.6,network=3g", "sdk=2.27.6,network=lte", "sdk=latest,network=3g", "sdk=latest,network=lte"];
    assert_eq!(ids(text), wanted);
}

#[test]
fn axes_have_shortest_unique_names() {
    let text = r#"
        [matrix]
        network.up.loss = ["0 %", "2 %"]
        network.down.loss = ["0 %"]
        network.rate = ["400 kbit/s"]
        test.audioOnly = [true]
        module = ["npm:opentok-network-test-js@3.1.6"]
        [[case]]
        name = "a"
    "#;
    let wanted = [
        "a,up.loss=0pct,down.loss=0pct,rate=400kbit_s,audioOnly=true,module=3.1.6",
        "a,up.loss=2pct,down.loss=0pct,rate=400kbit_s,audioOnly=true,module=3.1.6",
    ];
    assert_eq!(ids(text), wanted);
}

#[test]
fn combinations_are_excluded_and_included() {
    let text = r#"
        [matrix]
        sdk = ["2.27.6", "latest"]
        network = ["3g", "lte"]
        [[matrix.exclude]]
        sdk = "2.27.6"
        network = "lte"
        [[matrix.include]]
        sdk = "2.18.2"
        test.audioOnly = true
        expect.audio.mos = ">= 3"
        [[case]]
        name = "a"
        [[case]]
        name = "b"
        [case.matrix]
        network = ["satellite-geo"]
        include = []
        exclude = []
    "#;
    let wanted = [
        "a,sdk=2.27.6,network=3g",
        "a,sdk=latest,network=3g",
        "a,sdk=latest,network=lte",
        "a,sdk=2.18.2,audioOnly=true",
        "b,sdk=2.27.6,network=satellite-geo",
        "b,sdk=latest,network=satellite-geo",
    ];
    assert_eq!(ids(text), wanted);
}

#[test]
fn ranges_become_distinct_releases() {
    let text = "[matrix]\nsdk = [\"last 2\", \"2.35.2\", \"latest\"]\n";
    assert_eq!(ids(text), ["sdk=2.35.1", "sdk=2.35.2", "sdk=latest"]);
    let text = "[sdk]\nversion = \"all minors of ^2.27\"\n[[case]]\nname = \"a\"";
    assert_eq!(ids(text), ["a,sdk=2.27.6", "a,sdk=2.35.2"]);
    assert_eq!(ids("[sdk]\nversion = \"^2.27\"\n[[case]]\nname = \"a\""), ["a"]);
}

#[test]
fn empty_range_is_reported() {
    let scenario = read("[sdk]\nversion = \"^9\"\n[[case]]\nname = \"a\"");
    let mut releases = Releases::default();
    let error = expand(std::slice::from_ref(&scenario), &releases).map(|cases| cases.len());
    assert_eq!(error, Ok(1), "nobody asked npm");
    releases.insert("@opentok/client", "^9", BTreeSet::new());
    let error = expand(&[scenario], &releases).expect_err("nothing").to_string();
    assert!(error.contains("\"^9\"") && error.contains("`a`") && error.contains("npm view"), "{error}");
}

#[test]
fn repeats_alternate_their_order() {
    let text = "repeat = 3\n[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n[[case]]\nname = \"c\"\nrepeat = 1";
    assert_eq!(ids(text), ["a,repeat=1", "b,repeat=1", "c", "b,repeat=2", "a,repeat=2", "a,repeat=3", "b,repeat=3"]);
}

#[test]
fn ids_name_the_scenario_if_there_are_several() {
    let scenarios = ["one", "two"].map(|name| read(&format!("name = \"{name}\"\n[[case]]\nname = \"a\"")));
    let cases = expand(&scenarios, &Releases::default()).expect("a plan");
    let ids: Vec<_> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["scenario=one,a", "scenario=two,a"]);
}

/// Returns the error of a plan that cannot be made.
fn refused(text: &str) -> String {
    expand(&[read(text)], &Releases::default()).expect_err("refused").to_string()
}

#[test]
fn ids_that_differ_in_case_are_refused() {
    let report = refused("[[case]]\nname = \"Wifi\"\n[[case]]\nname = \"wifi\"");
    assert_eq!(
        report,
        "the cases Wifi and wifi differ only in upper and lower case, which is the same directory on some systems; rename one"
    );
}

#[test]
fn repeats_count_as_cases() {
    let axis =
        |values: std::ops::Range<u32>| values.map(|value| format!("\"{value} ms\"")).collect::<Vec<_>>().join(", ");
    let text = |repeat| format!("repeat = {repeat}\n[matrix]\nnetwork.delay = [{}]", axis(1..102));
    assert!(refused(&text(1000)).starts_with("the plan has over 100000 cases, its repeats included"));
    assert_eq!(ids(&text(10)).len(), 1010);
}
