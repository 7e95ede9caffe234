use std::path::Path;

use super::*;
use precall_scenario::plan::{Case, Durations, Releases, Shard, expand};
use precall_scenario::{Scenario, load, parse};

fn scenario(text: &str) -> Scenario {
    parse(text, Path::new("gate.toml")).unwrap_or_else(|error| panic!("{error}"))
}

fn cases(scenario: &Scenario) -> Vec<Case> {
    expand(std::slice::from_ref(scenario), &Releases::default()).expect("a plan")
}

fn said(text: &str) -> Vec<String> {
    let scenario = scenario(text);
    let cases = cases(&scenario);
    warnings(&[scenario], &cases).iter().map(ToString::to_string).collect()
}

/// A scenario that a newcomer would write for a gate.
const GATE: &str = "name = \"upgrade-gate\"\nrepeat = 2\n[test]\ntimeout = \"8 s\"\n[matrix]\nnetwork = [\"3g\", \"wifi-hotel\"]\n\
    sdk = [\"2.34.2\", \"2.35.2\"]\n[expect]\nconnectivity.success = true\naudio.mos = \">= 3\"\nvideo.supported = true\n\
    video.bitrate = \">= 200 kbit/s\"\n";

#[test]
fn gate_with_too_few_repeats() {
    insta::assert_snapshot!(said(GATE).join("\n"));
}

#[test]
fn impossible_expectations() {
    let text = "[[case]]\nname = \"a\"\nrepeat = 1\n[case.network]\nrate = \"400 kbit/s\"\ndelay = \"80 ms\"\n\
        [[case.network.step]]\nat = \"50 s\"\nloss = \"5 %\"\n[case.expect]\n\
        video.bitrate = \">= 500 kbit/s\"\nvideo.frameRate = \"> 30\"\nlink.roundTripTime = \"<= 100 ms\"\naudio.mos = 4\n\
        video.mos = \">= 3 after 60 s\"\nvideo.recommendedResolution = \">= 1920x1080\"\n\
        [[case]]\nname = \"b\"\ntest.quality = false\nexpect.audio.mos = \">= 3\"\nexpect.link.up.packetLossRatio = \"> 1 %\"\n\
        [[case]]\nname = \"c\"\ntest = { connectivity = false, audioOnly = true }\nexpect.connectivity.success = true\n\
        expect.video.mos = \">= 3\"\nexpect.video.supported = false\n";
    insta::assert_snapshot!(said(text).join("\n"));
}

#[test]
fn good_scenarios_have_no_warnings() {
    let good = "repeat = 6\n[test.camera]\npicture = \"detailed\"\nresolution = \"640x480\"\n[test]\ntimeout = \"12 s\"\n[matrix]\n\
        network = [\"3g\", \"lte\"]\nsdk = [\"2.34.2\", \"2.35.2\"]\n[expect]\nvideo.bitrate = \"<= 900 kbit/s\"\n";
    // A table with keys comes after the one that it is below.
    let good = good.replace(
        "[test.camera]\npicture = \"detailed\"\nresolution = \"640x480\"\n[test]\n",
        "[test]\ncamera = { picture = \"detailed\", resolution = \"640x480\" }\n",
    );
    assert_eq!(said(&good), [""; 0]);
    // Many releases are a survey, and a single release is not compared.
    assert_eq!(said("[matrix]\nsdk = [\"2.27.6\", \"2.34.2\", \"2.35.2\"]"), [""; 0]);
    assert_eq!(said("[[case]]\nname = \"a\"\ntest.timeout = \"8 s\"\nexpect.video.supported = true"), [""; 0]);
}

#[test]
fn ready_scenarios_have_known_warnings() {
    let mut found = Vec::new();
    for name in [
        "demo",
        "smoke",
        "calibration",
        "upgrade-gate",
        "modules",
        "versions",
        "degraded-networks",
        "devices",
        "faults",
        "transports",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(name).with_extension("toml");
        let scenario = load(&path).unwrap_or_else(|error| panic!("{error}"));
        let cases = cases(&scenario);
        found.extend(warnings(&[scenario], &cases).into_iter().map(|warning| format!("{name}: {}", warning.message)));
    }
    assert_eq!(found, [""; 0]);
}

/// A template shows settings as comments: each has to be valid where it stands.
#[test]
fn commented_settings_of_the_gate_are_valid() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/upgrade-gate.toml");
    let text = std::fs::read_to_string(&path).expect("the template");
    let is_setting =
        |line: &str| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
    let uncommented: Vec<_> =
        text.lines().map(|line| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line)).collect();
    assert!(
        uncommented.iter().filter(|line| !text.lines().any(|other| other == **line)).count() >= 4,
        "{uncommented:?}"
    );
    let scenario = scenario(&uncommented.join("\n"));
    assert!(scenario.gate.from.is_some(), "{scenario:?}");
}

#[test]
fn stricter_levels_need_more_repeats() {
    let strict = format!("{GATE}[compare]\nlevel = \"1 %\"\n");
    assert!(said(&strict).iter().any(|said| said.contains("repeat = 7")), "{:?}", said(&strict));
}

#[test]
fn shard_that_separates_two_builds() {
    let scenario = scenario(GATE);
    let all = cases(&scenario);
    let said = |shard: Shard| {
        let mine = shard.of(all.clone(), &Durations::default());
        separated(&all, &mine, &format!("{}/{}", shard.number, shard.of)).map(|warning| warning.to_string())
    };
    let three = said(Shard { number: 1, of: 3 });
    insta::assert_snapshot!(three.unwrap_or_default());
    assert_eq!(said(Shard { number: 1, of: 1 }), None);
}

#[test]
fn deprecated_keys_have_their_line_and_new_name() {
    let text = "[platform]\nway = \"direct\"\n[[case]]\nname = \"a\"\n[case.expect]\nconnectivity.success = true\n";
    let warnings = said(text);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].starts_with("gate.toml:2: deprecated key `platform.way`: write `platform.access`"),
        "{warnings:?}"
    );
}
