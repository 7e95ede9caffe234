//! The oracle and the network-test module agree on the figures: both read these vectors, which neither has made.

use precall_judge::score::score;
use precall_results::Sample;
use precall_results::ScoringProfile;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    scoring: ScoringProfile,
    samples: Vec<Sample>,
    expected: Value,
}

/// How far two figures may be apart.
const TOLERANCE: f64 = 1e-9;

/// Where two results differ. What is null and what is absent are the same: unsupported video has no recommendation.
fn difference(path: &str, got: &Value, expected: &Value) -> Option<String> {
    match (got, expected) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys());
            let at = |object: &serde_json::Map<String, Value>, key| object.get(key).cloned().unwrap_or(Value::Null);
            keys.into_iter().find_map(|key| difference(&format!("{path}.{key}"), &at(a, key), &at(b, key)))
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64()?, b.as_f64()?);
            ((a - b).abs() > TOLERANCE * a.abs().max(b.abs()).max(1.0)).then(|| format!("{path}: {a}, not {b}"))
        }
        (a, b) => (a != b).then(|| format!("{path}: {a}, not {b}")),
    }
}

#[test]
fn the_oracle_gives_what_the_vectors_say() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../vectors/score.json")).expect("the vectors are samples and results");
    assert!(vectors.cases.len() > 40);
    let wrong: Vec<_> = vectors
        .cases
        .iter()
        .filter_map(|case| {
            let got = serde_json::to_value(score(&case.samples, case.scoring)).expect("serialises");
            difference("", &got, &case.expected).map(|difference| format!("{}: {difference}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
