use proptest::prelude::*;
use serde_json::json;

use super::*;

const BOTH: RequestedTests = RequestedTests { connectivity: true, quality: true, call: false };

fn ready() -> EventGate {
    let mut gate = EventGate::new(BOTH, PageAllowance::default());
    gate.event(r#"{"type":"loaded"}"#).expect("loaded");
    gate.event(r#"{"type":"ready","userAgent":"x"}"#).expect("ready");
    gate
}

fn phase(name: &str) -> String {
    json!({ "type": "phase", "phase": name }).to_string()
}

fn sample(video: &serde_json::Value) -> String {
    let mut whole = json!({ "bytesReceived": 1, "packetsReceived": 1, "packetsLost": 0 });
    for (name, value) in video.as_object().expect("an object") {
        whole[name] = value.clone();
    }
    json!({ "type": "sample", "sample": { "phase": "audio-video", "timestamp": 1, "video": whole } }).to_string()
}

const CONNECTIVITY: &str = r#"{"type":"connectivity","result":{"success":true}}"#;
const QUALITY: &str = r#"{"type":"quality","result":{"audio":{},"video":{}}}"#;

/// The text of the gate about the first event that it refuses.
fn refusal(mut gate: EventGate, events: &[&str]) -> String {
    events.iter().find_map(|event| gate.event(event).err()).expect("one is refused").to_string()
}

#[test]
fn complete_test_is_accepted() {
    let mut gate = ready();
    let stats = r#"{"type":"rtcStats","peerConnection":0,"lag":1.5,"stats":[{"type":"codec","id":"x"},{"priority":9114193830717947391}]}"#;
    let lost = sample(&json!({ "packetsLost": -3 }));
    for event in [&phase("connectivity"), CONNECTIVITY, &phase("quality"), stats, &lost, QUALITY, r#"{"type":"done"}"#]
    {
        gate.event(event).unwrap_or_else(|fault| panic!("{event}: {fault}"));
    }
}

#[test]
fn phases_go_forward_and_everything_happens_once() {
    let (connectivity, quality) = (phase("connectivity"), phase("quality"));
    let done = r#"{"type":"done"}"#;
    let refusals = [
        refusal(ready(), &[&phase("prepare")]),
        refusal(ready(), &[&connectivity, &connectivity]),
        refusal(ready(), &[&quality, &connectivity]),
        refusal(ready(), &[r#"{"type":"ready","userAgent":"x"}"#]),
        refusal(ready(), &[r#"{"type":"loaded"}"#]),
        refusal(EventGate::new(BOTH, PageAllowance::default()), &[&quality]),
        refusal(EventGate::new(BOTH, PageAllowance::default()), &[done]),
        refusal(ready(), &[QUALITY]),
        refusal(ready(), &[&quality, CONNECTIVITY]),
        refusal(ready(), &[&connectivity, CONNECTIVITY, CONNECTIVITY]),
        refusal(ready(), &[&quality, QUALITY, r#"{"type":"qualityError","error":{"name":"x"}}"#]),
        refusal(ready(), &[&sample(&json!({}))]),
        refusal(ready(), &[done]),
        refusal(ready(), &[&connectivity, CONNECTIVITY, done]),
    ];
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn figures_that_cannot_be_measured_are_refused() {
    let in_quality = |event: &str| refusal(ready(), &[&phase("quality"), event]);
    let quality = |mos: &str| format!(r#"{{"type":"quality","result":{{"audio":{{"mos":{mos}}},"video":{{}}}}}}"#);
    let stats = |value: &str| format!(r#"{{"type":"rtcStats","stats":[{{"framesEncoded":{value}}}]}}"#);
    let refusals = [
        in_quality(&sample(&json!({ "bytesReceived": 8e307 }))),
        in_quality(&sample(&json!({ "frameRate": 1.7e308 }))),
        in_quality(&sample(&json!({ "packetsReceived": -1 }))),
        in_quality(&sample(&json!({ "bytesReceived": null }))),
        in_quality(&quality("9007199254740992")),
        in_quality(&quality("1e999")),
        in_quality(&stats("18446744073709551615")),
        in_quality(&stats("-1e300")),
    ];
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn invalid_event_is_refused_briefly() {
    let long = format!(r#"{{"type":"{}"}}"#, "x".repeat(100_000));
    let deep = format!(r#"{{"type":"rtcStats","stats":{}{}}}"#, "[".repeat(500), "]".repeat(500));
    let surrogate = r#"{"type":"failed","phase":"prepare","error":{"name":"\ud800"}}"#;
    for event in ["", "{}", "[]", "null", r#"{"type":"nonsense"}"#, r#"{"type":"sample"}"#, &long, &deep, surrogate] {
        let said = refusal(ready(), &[event]);
        assert!(said.starts_with("the page sent an event that precall does not understand: "), "{said}");
        assert!(said.len() < 1000, "{} bytes", said.len());
    }
}

#[test]
fn recorded_size_is_bounded() {
    // 5 bytes become 18, and an escaped character 6.
    let numbers = vec!["1e15"; 50_000].join(",");
    let report = format!(r#"{{"type":"rtcStats","stats":[{{"x":[{numbers}]}}]}}"#);
    let mut gate = ready();
    let came = (0..100).take_while(|_| gate.event(&report).is_ok()).count();
    assert!(came * 50_000 * 18 <= PageAllowance::default().events_bytes && came > 5, "{came}");
    let nothing = format!(r#"{{"type":"rtcStats","stats":[{{"x":[{}]}}]}}"#, vec!["0"; 125_000].join(","));
    let mut gate = ready();
    assert_eq!(
        (0..100).take_while(|_| gate.event(&nothing).is_ok()).count(),
        PageAllowance::default().events_bytes / (125_000 * 16)
    );
    let mut gate = ready();
    let lines = (0..10_000).take_while(|_| gate.line("log", &"\u{1}".repeat(4000)).is_ok()).count();
    assert!(lines * 4000 * 6 <= MAX_CONSOLE_BYTES && lines > 100, "{lines}");
}

#[test]
fn texts_and_lists_are_bounded() {
    let error = json!({ "name": "x".repeat(50_000), "message": "é".repeat(50_000) });
    let event = ready().event(&json!({ "type": "failed", "phase": "prepare", "error": error }).to_string());
    let Ok(PageEvent::Failed { error, .. }) = event else { panic!("{event:?}") };
    assert_eq!((error.name.chars().count(), error.message.chars().count()), (201, 4001));
    let failed = vec![json!({ "type": "api", "error": { "name": "x" } }); 101];
    let event = json!({ "type": "connectivity", "result": { "success": false, "failedTests": failed } }).to_string();
    insta::assert_snapshot!(refusal(ready(), &[&phase("connectivity"), &event]), @"the page sent 101 failed tests; at most 100 are taken");
    let stats = json!({ "type": "rtcStats", "stats": vec![json!({}); 257] }).to_string();
    insta::assert_snapshot!(refusal(ready(), &[&stats]), @"the page sent 257 dictionaries in a report of statistics; at most 256 are taken");
    assert_eq!(ready().line("log", &"x".repeat(9000)).expect("a line").text.chars().count(), 4001);
}

proptest! {
    /// Nothing that a page sends makes the gate panic, and no number that comes through is without an end.
    #[test]
    fn any_text_is_an_event_or_a_fault(text in any::<String>(), number in any::<f64>()) {
        let _ = ready().event(&text);
        let _ = ready().line("log", &text);
        let mut gate = ready();
        gate.event(&phase("quality")).expect("the phase");
        let event = gate.event(&sample(&json!({ "frameRate": number })));
        if let Ok(PageEvent::Sample { sample }) = event {
            let rate = sample.video.and_then(|video| video.frame_rate);
            prop_assert!(rate.is_none_or(|rate| rate.abs() < 9_007_199_254_740_992.0));
        }
    }
}
