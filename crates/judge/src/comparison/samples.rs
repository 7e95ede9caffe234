//! The value of a metric that a case brings to a comparison.

use precall_results::{CaseResult, Metric, Outcome};

/// Whether a case says something about what was tested.
pub(super) fn counts(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Passed | Outcome::Failed | Outcome::Errored | Outcome::Hung)
}

/// Returns the number that a case has of a metric, true as 1 and false as 0; `None` when it has none that can be compared.
pub(super) fn value(metric: Metric, case: &CaseResult) -> Option<f64> {
    let quality = case.measured.quality.as_ref();
    let is_compared = match metric {
        // A test of connectivity alone may end before the page's statistics of a second have one: whether they do is chance.
        Metric::LinkRoundTripTime => quality.is_some(),
        // A test that was asked for audio alone has no bad picture.
        _ if metric.as_str().starts_with("video.") => quality.is_some_and(|quality| quality.video.bitrate.is_some()),
        _ if metric.as_str().starts_with("audio.") => quality.is_some(),
        _ => true,
    };
    case.metric(metric).filter(|_| is_compared)?.number().filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use precall_results::RunResult;

    use super::*;

    #[test]
    fn what_a_test_of_connectivity_alone_happens_to_see_is_not_compared() {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let mut case = run.cases[0].clone();
        case.measured_network.round_trip_time = Some(0.04);
        assert_eq!(value(Metric::LinkRoundTripTime, &case), Some(0.04));
        case.measured.quality = None;
        assert_eq!(value(Metric::LinkRoundTripTime, &case), None);
        assert!(value(Metric::ConnectivitySuccess, &case).is_some());
    }
}
