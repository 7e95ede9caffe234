//! The recorded repeats in `tests/fixtures/runs/repeats.jsonl`; `repeats.toml` beside it says what they are.

use precall_results::CaseResult;
use serde_json::Value;

/// The recorded cases of a network, as a run has them.
pub fn recorded_cases(name: &str) -> Vec<CaseResult> {
    let run: Value = serde_json::from_str(include_str!("../../fixtures/results.json")).expect("a recorded result");
    let lines = include_str!("../../fixtures/runs/repeats.jsonl").lines();
    let values = lines.map(|line| serde_json::from_str::<Value>(line).expect("a recorded case"));
    let cases: Vec<_> = values
        .filter(|value| value["name"] == name)
        .map(|value| {
            let mut case = run["cases"][0].clone();
            case["case"] = value["name"].clone();
            case["name"] = value["name"].clone();
            case["outcome"] = value["outcome"].clone();
            case["measured"]["connectivity"]["success"] = value["connectivity"].clone();
            case["measured"]["quality"] = value["quality"].clone();
            case["network"]["measured"]["roundTripTime"] = value["roundTripTime"].clone();
            case["attempts"][0]["seconds"] = value["seconds"].clone();
            serde_json::from_value(case).expect("a case")
        })
        .collect();
    assert_eq!(cases.len(), 24);
    cases
}
