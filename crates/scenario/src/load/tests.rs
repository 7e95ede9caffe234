use std::path::Path;
use std::time::Duration;

use super::*;
use crate::{PlatformSpec, SdkSpec, TokenKind};
use precall_netem::Queue;
use precall_netem::units::{Bitrate, Ratio};
use precall_results::{ExpectedValue, Metric, Operator};

fn read(text: &str) -> Scenario {
    parse(text, Path::new("scenarios/test.toml")).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the diagnostics of an invalid file.
fn diagnostics(text: &str) -> String {
    parse(text, Path::new("test.toml")).expect_err("wrong").render(false)
}

#[test]
fn the_first_hundred_mistakes_are_shown() {
    let rates: Vec<_> = (0..150).map(|rate| format!("\"{rate} parsec/s\"")).collect();
    let text = diagnostics(&format!("[matrix]\nnetwork.rate = [{}]\n[[case]]\nname = \"a\"", rates.join(", ")));
    assert_eq!(text.matches("test.toml:2:").count(), 100);
    assert!(text.ends_with("… and 50 more mistakes\n"), "{}", &text[text.len() - 200..]);
}

#[test]
fn smallest_file_has_defaults() {
    let scenario = read("[[case]]\nname = \"a\"");
    assert_eq!(scenario.name, "test");
    assert_eq!(scenario.seed, 1);
    let case = &scenario.cases[0];
    assert_eq!(case.sdk, SdkSpec::default());
    assert!(case.network.is_unimpaired());
    assert!(case.test.connectivity && case.test.quality && !case.test.audio_only);
    assert_eq!(case.platform, PlatformSpec::default());
    assert!(case.expect.is_empty());
}

#[test]
fn case_overrides_tables_of_the_file() {
    let scenario = read(
        r#"
        seed = 7
        [sdk]
        version = "2.27.6"
        [network]
        delay = "10 ms"
        rate = "1 Mbit/s"
        [expect]
        audio.mos = ">= 4"
        [[case]]
        name = "a"
        [case.network]
        up = { rate = "400 kbit/s", loss = "2 %", queue = "64 kB" }
        [case.expect]
        audio.mos = "> 3"
        video.recommendedResolution = ">= 640x480"
        audio.packetLossRatio = [">= 1 %", "< 3 %"]
        [[case]]
        name = "b"
        platform.token = "expired"
        "#,
    );
    let (a, b) = (&scenario.cases[0], &scenario.cases[1]);
    assert_eq!(a.network.up.rate, Some(Bitrate::from_bits_per_second(400_000)));
    assert_eq!(a.network.up.delay, Duration::from_millis(10));
    assert_eq!(a.network.up.loss, Ratio::new(0.02));
    assert!(matches!(a.network.up.queue, Queue::Size(size) if size.bytes() == 64_000));
    assert_eq!(a.network.down.rate, Some(Bitrate::from_bits_per_second(1_000_000)));
    assert_eq!(a.network.down.loss, None);
    let expected: Vec<_> = a.expect.iter().map(|e| (e.metric, e.operator)).collect();
    assert_eq!(
        expected,
        [
            (Metric::AudioMos, Operator::Greater),
            (Metric::VideoRecommendedResolution, Operator::GreaterOrEqual),
            (Metric::AudioPacketLossRatio, Operator::GreaterOrEqual),
            (Metric::AudioPacketLossRatio, Operator::Less),
        ]
    );
    assert_eq!(a.expect[1].value, ExpectedValue::Resolution { width: 640, height: 480 });
    assert_eq!((a.expect[0].source.line, a.expect[0].source.column), (15, 21));
    assert_eq!(b.sdk, SdkSpec::release("2.27.6"));
    assert!(matches!(&b.platform, PlatformSpec::Embedded(spec) if spec.token == TokenKind::Expired));
    assert_eq!(b.expect[0].operator, Operator::GreaterOrEqual);
}

#[test]
fn sdk_of_a_case_replaces_that_of_the_file() {
    let scenario = read("[sdk]\nversion = \"2.27.6\"\n[[case]]\nname = \"a\"\nsdk.path = \"/dev/null\"");
    assert_eq!(scenario.cases[0].sdk, SdkSpec::Path("/dev/null".into()));
}

/// Invalid files, each for a different reason.
pub(crate) const WRONG: [(&str, &str); 34] = [
    ("unknown key", "[[case]]\nname = \"a\"\nnetwrok.delay = \"1 ms\""),
    ("unknown key at the top", "sede = 1\n[[case]]\nname = \"a\""),
    ("unknown metric", "[[case]]\nname = \"a\"\nexpect.video.moss = \">= 3\""),
    ("wrong unit", "[[case]]\nname = \"a\"\nnetwork.up.rate = \"400 kbps\""),
    ("no unit", "[[case]]\nname = \"a\"\nnetwork.delay = \"80\""),
    ("number for a quantity", "[[case]]\nname = \"a\"\nnetwork.delay = 80"),
    ("impossible loss", "[[case]]\nname = \"a\"\nnetwork.loss = \"120 %\""),
    ("rate too slow", "[[case]]\nname = \"a\"\nnetwork.rate = \"0 bit/s\""),
    ("queue without rate", "[[case]]\nname = \"a\"\nnetwork.up.queue = \"300 ms\""),
    ("jitter longer than delay", "[[case]]\nname = \"a\"\nnetwork = { delay = \"5 ms\", jitter = \"10 ms\" }"),
    ("wrong kind of metric", "[[case]]\nname = \"a\"\nexpect.connectivity.success = 3"),
    ("unit missing in an expectation", "[[case]]\nname = \"a\"\nexpect.video.bitrate = \"<= 400\""),
    ("order where there is none", "[[case]]\nname = \"a\"\nexpect.video.reason = \"> x\""),
    ("two cases of one name", "[[case]]\nname = \"a\"\n[[case]]\nname = \"a\""),
    ("bad name", "[[case]]\nname = \"a/b\""),
    ("no name", "[[case]]\nseed = 1"),
    ("no case", "name = \"x\""),
    ("no version", "[sdk]\nversion = \"newest\"\n[[case]]\nname = \"a\""),
    ("axis that is no list", "[matrix]\nsdk = \"2.27.6\""),
    ("axis without values", "[matrix]\nsdk = []"),
    ("axis of tables", "[matrix]\nnetwork = [{ rate = \"1 Mbit/s\" }]"),
    ("value twice", "[matrix]\nnetwork.rate = [\"1 Mbit/s\", \"1  Mbit/s\"]"),
    ("value that is none", "[matrix]\nnetwork.rate = [\"1 Mbit/s\", \"fast\"]"),
    ("axis of nothing", "[matrix]\nnetwork.speed = [\"1 Mbit/s\"]"),
    ("excludes nothing", "[matrix]\nsdk = [\"2.27.6\"]\nexclude = [{ sdk = \"2.27.5\" }, { network = \"3g\" }]"),
    ("includes what is there", "[matrix]\nsdk = [\"2.27.6\"]\ninclude = [{ sdk = \"2.27.6\" }]"),
    ("too often", "repeat = 1001\n[[case]]\nname = \"a\""),
    ("extends what is not there", "extends = \"no.toml\"\n[[case]]\nname = \"a\""),
    ("SDK file that is not there", "[[case]]\nname = \"a\"\nsdk.path = \"no/such.js\""),
    ("timeout out of range", "[[case]]\nname = \"a\"\ntest.timeout = \"5 s\""),
    ("unknown choice", "[[case]]\nname = \"a\"\nplatform.token = \"expierd\""),
    ("fault of a relay that is not there", "[[case]]\nname = \"a\"\nplatform.faults.relay = \"hang\""),
    ("ICE-TCP beside a relay", "[[case]]\nname = \"a\"\nplatform = { relay = \"tcp\", iceTcp = true }"),
    ("no TOML", "[[case]\nname = a"),
];

#[test]
fn errors_have_places_and_help() {
    let all: Vec<_> = WRONG.iter().map(|(what, text)| format!("# {what}\n{}", diagnostics(text))).collect();
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn all_errors_are_reported_once() {
    let text = "[network]\nrate = \"fast\"\n[[case]]\nname = \"a\"\nx = 1\n[[case]]\nname = \"b\"\ny = 2";
    let error = parse(text, Path::new("test.toml")).expect_err("wrong");
    let messages: Vec<_> = error.diagnostics().iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages.len(), 3, "{messages:?}");
}

#[test]
fn file_overrides_the_file_that_it_extends() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).expect("written");
    write(
        "base.toml",
        "extends = \"root.toml\"\n[profiles.office]\nrate = \"5 Mbit/s\"\n[expect]\naudio.mos = \">= 3\"",
    );
    write("root.toml", "seed = 9\n[test]\naudioOnly = true\n[sdk]\nversion = \"2.18.2\"");
    write(
        "own.toml",
        "extends = \"base.toml\"\nsdk.version = \"2.27.6\"\n[[case]]\nname = \"a\"\nnetwork.profile = \"office\"",
    );
    let path = directory.path().join("own.toml");
    let scenario = load(&path).unwrap_or_else(|error| panic!("{error}"));
    let case = &scenario.cases[0];
    assert_eq!((scenario.seed, scenario.name.as_str(), case.test.audio_only), (9, "own", true));
    assert_eq!(case.sdk, SdkSpec::release("2.27.6"));
    assert_eq!(case.network.up.rate, Some(Bitrate::from_bits_per_second(5_000_000)));
    let source = &case.expect[0].source;
    assert_eq!((source.line, source.column), (5, 13));
    assert!(source.to_string().ends_with("base.toml"), "{source}");

    // An error in the extended file is shown in that file, and its text is part of the digest.
    let digest = scenario.digest;
    let wrong = "[profiles.office]\nrate = \"5 Mbit/s\"\n[expect]\naudio.moss = \">= 3\"\n[[case]]\nname = \"b\"";
    write("base.toml", wrong);
    let report = load(&path).expect_err("wrong").to_string();
    assert!(report.contains("base.toml:4:7") && report.contains("has a `case`"), "{report}");
    write("base.toml", "[profiles.office]\nrate = \"6 Mbit/s\"");
    assert_ne!(load(&path).expect("a scenario").digest, digest);
    write("base.toml", "extends = \"own.toml\"");
    assert!(load(&path).expect_err("a circle").to_string().contains("extends itself"));
}

#[test]
fn unreadable_files_are_reported() {
    let missing = load(Path::new("no/such/file.toml")).expect_err("missing").to_string();
    assert!(missing.contains("no/such/file.toml") && missing.contains("scenarios/"), "{missing}");
    let directory = load(Path::new(".")).expect_err("a directory").to_string();
    assert!(directory.contains("give the path of a file in it"), "{directory}");
}

proptest::proptest! {
    #[test]
    fn arbitrary_file_does_not_panic(text in "(\\[\\[?(case|network|expect|sdk)(\\.up)?\\]?\\]\n|[a-z.]{1,12} = (\"[^\"\n]{0,12}\"|-?[0-9]{1,20}|true|\\[\\]|\\{\\})\n|.{0,10}\n){0,8}") {
        if let Err(error) = parse(&text, Path::new("test.toml")) {
            proptest::prop_assert!(!error.render(false).is_empty());
        }
    }

    #[test]
    fn damaged_file_does_not_panic(at in 0_usize..400, with in ".{0,3}") {
        let good = include_str!("../../../../scenarios/demo.toml");
        let mut text = good.to_owned();
        let at = (0..=at.min(good.len())).rev().find(|at| good.is_char_boundary(*at)).unwrap_or(0);
        text.insert_str(at, &with);
        if let Err(error) = parse(&text, Path::new("test.toml")) {
            proptest::prop_assert!(!error.render(true).is_empty());
        }
    }
}

#[test]
fn errors_of_expectations_have_places_and_help() {
    let expectations = [
        "video.bitrate = \"300..200 kbit/s\"",
        "video.frameRate = \"at least 4 of 9 > 20\"",
        "video.mos = \"> 3 in step 1\"",
        "video.reason = \"median == x\"",
        "video.recommendedResolution = \"median >= 640x480\"",
        "video.recommendedFrameRate = \"> 20 last 5 s\"",
        "audio.mos = \"> 3 between 9 s and 2 s\"",
        "link.roundTripTime = \"< 3\"",
    ];
    insta::assert_snapshot!(diagnostics(&format!(
        "[[case]]\nname = \"a\"\nrepeat = 6\n[case.expect]\n{}",
        expectations.join("\n")
    )));
}
