//! The value of a metric that a case brings to a comparison.

use precall_results::{CaseResult, Metric};

/// Returns the number that a case has of a metric, true as 1 and false as 0; `None` when it has none that can be
/// compared.
pub(super) fn value(metric: Metric, case: &CaseResult) -> Option<f64> {
    if case.call.is_some() {
        return case.metric(metric)?.number();
    }
    let quality = case.measured.quality.as_ref();
    let is_compared = match metric {
        // A test of connectivity alone may end before the page's statistics have a round-trip time: whether they do is
        // chance.
        Metric::LinkRoundTripTime => quality.is_some(),
        // A test without video has no bitrate of video, and its video is not a bad one.
        _ if metric.as_str().starts_with("video.") => quality.is_some_and(|quality| quality.video.bitrate.is_some()),
        _ if metric.as_str().starts_with("audio.") => quality.is_some(),
        _ => true,
    };
    case.metric(metric).filter(|_| is_compared)?.number()
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::RunResult;

    #[test]
    fn round_trip_time_needs_a_quality_test() {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let mut case = run.cases[0].clone();
        case.network.measured.round_trip_time = Some(std::time::Duration::from_millis(40));
        assert_eq!(value(Metric::LinkRoundTripTime, &case), Some(0.04));
        case.measured.quality = None;
        assert_eq!(value(Metric::LinkRoundTripTime, &case), None);
        assert!(value(Metric::ConnectivitySuccess, &case).is_some());
    }
}
