//! The new verdict on a recorded case.

use crate::score::score;
use crate::verdict::judge;
use precall_results::CaseResult;
use precall_results::Outcome;
use precall_results::Sample;
use precall_scenario::CaseSpec;

/// A case that was judged again.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescored {
    /// The case with its new verdict.
    pub result: CaseResult,
    /// The outcome before it was judged again.
    pub before: Outcome,
}

/// Judges a recorded case by the case of a scenario as it is now. `samples` are those of the case's last attempt.
///
/// Outcomes that no expectation can change stay: a hang, a page that raised an error, a browser that broke, an
/// interruption.
pub fn rescore(case: &CaseResult, spec: &CaseSpec, samples: &[Sample]) -> Rescored {
    let mut result = case.clone();
    let before = case.outcome;
    let verdict = judge(spec, &case.measured, samples, &case.network.measured.ground_truth(case.media.as_ref()));
    let verdict = verdict.unless_unreliable(
        &case.measured,
        case.host.as_ref(),
        spec.test.camera.frame_rate,
        &case.network.checks,
    );
    let is_final = match before {
        Outcome::Hung | Outcome::Infrastructure | Outcome::Interrupted => true,
        Outcome::Errored => case.measured.quality_error.is_none(),
        Outcome::Passed | Outcome::Failed | Outcome::Inconclusive => false,
    };
    if !is_final {
        result.outcome = verdict.outcome;
        result.reasons = verdict.reasons;
    }
    result.expectations = verdict.expectations;
    result.findings = verdict.findings;
    result.recomputed = case.measured.quality.is_some().then(|| score(samples, spec.test.scoring));
    Rescored { result, before }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::rescore::Specs;
    use precall_results::Phase;
    use precall_results::RunResult;
    use precall_scenario::{Scenario, parse};

    fn recorded() -> CaseResult {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let mut case = run.cases.into_iter().next().expect("a case");
        // The findings compare the report with samples that this fixture does not have.
        case.findings.clear();
        case
    }

    fn scenario(text: &str) -> Scenario {
        parse(text, Path::new("test.toml")).unwrap_or_else(|error| panic!("{error}"))
    }

    fn samples(count: u32, began: f64) -> Vec<Sample> {
        let sample = |second: u32| Sample {
            phase: Phase::AudioVideo,
            timestamp: began + f64::from(second) * 1e3,
            elapsed: None,
            limit: None,
            network_seconds: None,
            audio: None,
            video: None,
            available_outgoing_bitrate: None,
            quality_limitation_reason: None,
            simulcast: None,
        };
        (0..count).map(sample).collect()
    }

    fn outcome(case: &CaseResult, expect: &str) -> Outcome {
        let scenario = scenario(&format!("[[case]]\nname = \"clean\"\n[case.expect]\n{expect}"));
        let scenarios = [scenario];
        let spec = Specs::of(&scenarios).of_case(case).expect("a spec");
        rescore(case, spec, &samples(8, 1e6)).result.outcome
    }

    #[test]
    fn new_expectations_give_a_new_verdict() {
        let case = recorded();
        assert_eq!(outcome(&case, "video.mos = \">= 4\""), Outcome::Passed);
        assert_eq!(outcome(&case, "video.mos = \"< 4\""), Outcome::Failed);
        let failed = CaseResult { outcome: Outcome::Failed, ..case.clone() };
        assert_eq!(outcome(&failed, "video.mos = \">= 4\""), Outcome::Passed);
        for stays in [Outcome::Hung, Outcome::Infrastructure, Outcome::Interrupted, Outcome::Errored] {
            let case = CaseResult { outcome: stays, ..case.clone() };
            assert_eq!(outcome(&case, "video.mos = \">= 4\""), stays);
        }
    }

    #[test]
    fn a_case_is_found_by_its_name_and_axes() {
        let mut case = recorded();
        case.axes =
            [("sdk", "2.27.6"), ("network", "lte")].map(|(axis, value)| (axis.to_owned(), value.to_owned())).into();
        let text = "[matrix]\nnetwork = [\"3g\", \"lte\"]\n[[case]]\nname = \"clean\"\n[[case]]\nname = \"else\"";
        let scenarios = [scenario(text)];
        let specs = Specs::of(&scenarios);
        assert_eq!(specs.of_case(&case).map(|spec| spec.axes[0].value.as_str()), Some("lte"));
        case.axes.insert("network".to_owned(), "5g".to_owned());
        assert_eq!(specs.of_case(&case), None);
        let latest = [scenario("[matrix]\nsdk = [\"latest\"]\n[[case]]\nname = \"clean\"")];
        assert!(Specs::of(&latest).of_case(&case).is_some(), "the release was chosen by a tag");
    }
}
