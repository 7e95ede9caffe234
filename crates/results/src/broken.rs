//! Results of cases that could not be recorded or cannot be read.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::build_info::BuildInfo;
use super::case::{Attempt, CaseResult, PlatformInfo};
use crate::Outcome;
use crate::{CaseNetwork, Measured};

impl CaseResult {
    /// Returns the result of a case that precall could not measure, with the reason.
    pub fn broken(case: String, name: String, reason: String) -> Self {
        let outcome = Outcome::Infrastructure;
        Self {
            case,
            name,
            axes: BTreeMap::new(),
            repeat: None,
            outcome,
            reasons: vec![reason.clone()],
            attempts: vec![Attempt { outcome, reasons: vec![reason], duration: Duration::ZERO }],
            browser: None,
            sdk: BuildInfo::default(),
            module: BuildInfo::default(),
            platform: PlatformInfo::default(),
            measured: Measured::default(),
            call: None,
            recomputed: None,
            expectations: Vec::new(),
            findings: Vec::new(),
            network: CaseNetwork { applied: true, ..CaseNetwork::default() },
            media: None,
            signalling: None,
            host: None,
            duration: Duration::ZERO,
        }
    }

    /// Returns this result if it can be read back once it is written; otherwise a result with the place of the case in
    /// its matrix and the reason.
    pub fn readable(self) -> Self {
        let read = serde_json::to_string(&self).and_then(|text| serde_json::from_str::<Self>(&text));
        match read {
            Ok(_) => self,
            Err(error) => {
                let reason = format!("its result cannot be recorded ({error}); this is a fault of precall");
                let broken = Self::broken(self.case, self.name, reason);
                let network =
                    CaseNetwork { requested: self.network.requested, seed: self.network.seed, ..broken.network };
                Self { axes: self.axes, repeat: self.repeat, network, ..broken }
            }
        }
    }
}

/// Reads the cases of a run. A damaged case becomes a broken one, and the others are read.
pub(super) fn cases<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<CaseResult>, D::Error> {
    Ok(Vec::<Value>::deserialize(from)?.into_iter().map(case).collect())
}

fn case(value: Value) -> CaseResult {
    CaseResult::from_json(&value).unwrap_or_else(|error| {
        let text = |key: &str| value[key].as_str().unwrap_or("unknown").to_owned();
        let reason = format!("its result is damaged ({error}); run it again with `--filter`");
        let broken = CaseResult::broken(text("case"), text("name"), reason);
        let axes = BTreeMap::deserialize(&value["axes"]).unwrap_or_default();
        CaseResult { axes, repeat: Option::deserialize(&value["repeat"]).unwrap_or_default(), ..broken }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExpectedValue, RunResult};

    fn recorded() -> Value {
        serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result")
    }

    #[test]
    fn other_cases_are_read_beside_a_damaged_one() {
        let mut value = recorded();
        let sound: RunResult = RunResult::deserialize(&value).expect("a result");
        value["cases"][0]["seconds"] = Value::Null;
        let run = RunResult::deserialize(&value).expect("it is read");
        assert_eq!(run.cases.len(), sound.cases.len());
        assert_eq!(run.cases[1..], sound.cases[1..]);
        let damaged = &run.cases[0];
        assert_eq!((&damaged.case, damaged.outcome), (&sound.cases[0].case, Outcome::Infrastructure));
        insta::assert_snapshot!(damaged.reasons[0], @"its result is damaged (invalid type: null, expected f64); run it again with `--filter`");
        value["cases"][0] = Value::from(7);
        assert_eq!(RunResult::deserialize(&value).expect("it is read").cases[0].case, "unknown");
    }

    #[test]
    fn null_in_place_of_a_number_counts_as_absent() {
        let mut value = recorded();
        value["cases"][0]["network"]["accuracy"] = serde_json::json!({
            "sdkBitrate": { "reported": null, "actual": 1.0 }, "sdkLossRatio": { "reported": 0.5, "actual": 0.25 },
        });
        value["cases"][0]["network"]["checks"] =
            serde_json::json!([{ "quantity": "delay", "measured": null }, { "quantity": "delay", "measured": 1.0 }]);
        let run = RunResult::deserialize(&value).expect("it is read");
        let case = &run.cases[0];
        assert_ne!(case.outcome, Outcome::Infrastructure);
        assert_eq!((case.network.accuracy.sdk_bitrate, case.network.accuracy.sdk_loss_ratio.is_some()), (None, true));
        assert_eq!(case.network.checks.len(), 1);
    }

    #[test]
    fn results_that_cannot_be_read_back_become_broken_ones() {
        let run = RunResult::deserialize(&recorded()).expect("a result");
        let sound = run.cases[0].clone();
        assert_eq!(sound.clone().readable(), sound);
        let mut endless = sound.clone();
        endless.expectations[0].expectation.value = ExpectedValue::Number(f64::INFINITY);
        let endless = endless.readable();
        assert_eq!((endless.outcome, &endless.axes), (Outcome::Infrastructure, &sound.axes));
        assert_eq!(endless.clone().readable(), endless);
    }
}
