//! Results of schema version 1: the members of a case's network stood beside the others of the case.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use crate::CaseResult;

/// The members of a case in schema version 1, and the members of `network` that they are now.
const FORMER_MEMBERS: [(&str, &str); 9] = [
    ("network", "requested"),
    ("networkApplied", "applied"),
    ("firewall", "firewall"),
    ("measuredNetwork", "measured"),
    ("linkCounters", "counters"),
    ("networkChecks", "checks"),
    ("claims", "accuracy"),
    ("seed", "seed"),
    ("randomGenerator", "randomGenerator"),
];

impl CaseResult {
    /// Reads the result of a case that this version of precall or a former one wrote.
    ///
    /// # Errors
    ///
    /// When a member is missing or has another type.
    pub fn from_json(value: &Value) -> Result<Self, serde_json::Error> {
        match value.as_object() {
            Some(members) if members.contains_key("measuredNetwork") => Self::deserialize(nested(members.clone())),
            _ => Self::deserialize(value),
        }
    }
}

/// Reads a boxed result, for the event that has one.
pub(crate) fn boxed<'de, D: Deserializer<'de>>(from: D) -> Result<Box<CaseResult>, D::Error> {
    let value = Value::deserialize(from)?;
    CaseResult::from_json(&value).map(Box::new).map_err(serde::de::Error::custom)
}

/// Returns a case with the members of its network in one.
fn nested(mut members: Map<String, Value>) -> Value {
    let mut network = Map::new();
    // Results that were written before remote platforms existed do not have the member.
    network.insert("applied".to_owned(), json!(true));
    for (former, now) in FORMER_MEMBERS {
        if let Some(value) = members.remove(former) {
            network.insert(now.to_owned(), value);
        }
    }
    members.insert("network".to_owned(), Value::Object(network));
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use crate::{RunResult, SCHEMA_VERSION};

    #[test]
    fn results_of_version_1_are_read_and_written_as_now() {
        let read = |text| serde_json::from_str::<RunResult>(text).expect("a recorded result");
        let former = read(include_str!("../../../tests/fixtures/results-1.json"));
        let now = read(include_str!("../../../tests/fixtures/results.json"));
        assert_eq!(former, now);
        assert_eq!(former.schema_version, SCHEMA_VERSION);
        let written = serde_json::to_value(&former).expect("JSON");
        assert!(written["cases"][0]["measuredNetwork"].is_null());
        assert!(written["cases"][0]["network"]["measured"]["up"]["meanDelayMs"].is_number(), "{written:#}");
    }

    #[test]
    fn a_later_version_keeps_its_number() {
        let text = include_str!("../../../tests/fixtures/results.json")
            .replace("\"schemaVersion\": 2", "\"schemaVersion\": 9");
        assert_eq!(serde_json::from_str::<RunResult>(&text).expect("a result").schema_version, 9);
    }
}
