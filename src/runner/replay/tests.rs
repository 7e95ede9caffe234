use std::path::Path;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use precall_results::Outcome;
use precall_scenario::plan::{Releases, expand};

fn case() -> Case {
    let scenario = precall_scenario::parse("[[case]]\nname = \"a\"\n", Path::new("test.toml")).expect("a scenario");
    expand(&[scenario], &Releases::default()).expect("a plan").remove(0)
}

/// The result of a case whose page sends this.
fn outcome(said: &[String]) -> CaseResult {
    let (events, _) = Events::channel();
    replay(&case(), said.iter().map(String::as_str), &events)
}

/// A number as a page may write it; JSON has no word for what is none.
fn number(value: f64) -> String {
    match value {
        value if value.is_nan() => "null".to_owned(),
        value if value.is_infinite() => "1e999".to_owned(),
        value => format!("{value:e}"),
    }
}

/// A whole test whose every figure is one of these, in turn.
fn said(figures: &[f64]) -> Vec<String> {
    let mut all = figures.iter().cycle().map(|figure| number(*figure));
    let mut fields = |names: &[&str]| {
        let field = |name: &&str| format!("\"{name}\":{}", all.next().unwrap_or_default());
        format!("{{{}}}", names.iter().map(field).collect::<Vec<_>>().join(","))
    };
    let mut said = vec![
        r#"{"type":"loaded"}"#.to_owned(),
        r#"{"type":"ready","userAgent":"x"}"#.to_owned(),
        r#"{"type":"phase","phase":"connectivity"}"#.to_owned(),
        r#"{"type":"connectivity","result":{"success":true}}"#.to_owned(),
        r#"{"type":"phase","phase":"quality"}"#.to_owned(),
    ];
    for second in 0..7 {
        let counters = fields(&["bytesSent", "bytesReceived", "packetsReceived", "packetsLost", "frameRate", "jitter"]);
        said.push(format!(
            r#"{{"type":"sample","sample":{{"phase":"audio-video","timestamp":{second}e3,"audio":{counters},"video":{counters}}}}}"#
        ));
        let pair = fields(&["currentRoundTripTime", "availableOutgoingBitrate"]);
        let stream = fields(&["packetsSent", "framesEncoded", "totalEncodeTime", "frameWidth", "frameHeight"]);
        said.push(format!(
            r#"{{"type":"rtcStats","peerConnection":{second},"lag":1,"stats":[{{"type":"candidate-pair","x":{pair}}},{{"type":"outbound-rtp","id":"a","kind":"video","x":{stream}}}]}}"#
        ));
    }
    let audio = fields(&["bitrate", "packetLossRatio", "roundTripTime", "jitter", "mos"]);
    let video = fields(&["bitrate", "packetLossRatio", "frameRate", "recommendedFrameRate", "mos"]);
    said.push(format!(r#"{{"type":"quality","result":{{"audio":{audio},"video":{video}}}}}"#));
    said.push(r#"{"type":"done"}"#.to_owned());
    said
}

/// Whether a result is the same once it was written and read, but for the last digits of its numbers.
fn is_read_back(result: &CaseResult) -> bool {
    let text = serde_json::to_string(result).expect("JSON");
    let back: CaseResult = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let again: CaseResult = serde_json::from_str(&serde_json::to_string(&back).expect("JSON")).expect("a result");
    (&back.case, back.outcome, &back.reasons) == (&result.case, result.outcome, &result.reasons) && again == back
}

#[test]
fn extreme_figure_is_an_error_of_its_case() {
    for figure in [8e307, 1.7e308, -1e300, 9_007_199_254_740_992.0] {
        let result = outcome(&said(&[figure]));
        assert_eq!(result.outcome, Outcome::Errored, "{figure}: {:?}", result.reasons);
        assert!(result.reasons[0].starts_with("quality: the page sent "), "{:?}", result.reasons);
        assert!(is_read_back(&result));
    }
}

#[test]
fn sound_test_is_judged() {
    let result = outcome(&said(&[1.0]));
    assert!(!matches!(result.outcome, Outcome::Errored | Outcome::Hung), "{:?}", result.reasons);
    assert!(result.network.accuracy.sdk_bitrate.is_some(), "{:?}", result.network.accuracy);
}

#[test]
fn early_done_does_not_pass() {
    let early = said(&[1.0]);
    let result = outcome(&[&early[..2], &early[early.len() - 1..]].concat());
    assert_eq!(result.outcome, Outcome::Errored, "{:?}", result.reasons);
}

#[test]
fn invalid_event_is_errored() {
    let result = outcome(&[json!({ "type": "nonsense" }).to_string()]);
    assert_eq!(result.outcome, Outcome::Errored, "{:?}", result.reasons);
}

proptest! {
    #[test]
    fn any_result_is_read_back_from_its_file(
        figures in proptest::collection::vec(
            prop_oneof![any::<f64>(), 0.0..1e7, Just(9_007_199_254_740_991.0), Just(f64::MAX), Just(f64::MIN_POSITIVE)], 1..12),
        left_out in proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
        texts in proptest::collection::vec(any::<String>(), 0..2),
    ) {
        let mut said = said(&figures);
        for index in left_out {
            said.remove(index.index(said.len()));
        }
        said.extend(texts);
        prop_assert!(is_read_back(&outcome(&said)));
    }

    #[test]
    fn sane_figures_are_judged_and_read_back(figures in proptest::collection::vec(0.0..9_007_199_254_740_991.0_f64, 1..12)) {
        let result = outcome(&said(&figures));
        prop_assert!(result.outcome != Outcome::Errored, "{:?}", result.reasons);
        prop_assert!(is_read_back(&result));
    }
}
