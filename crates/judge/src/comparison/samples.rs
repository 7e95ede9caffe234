//! The value of a figure in a case.

use precall_results::CaseResult;
use precall_results::Figure;
use precall_results::Outcome;

/// Whether a case says something about what was tested.
pub(super) fn counts(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Passed | Outcome::Failed | Outcome::Errored | Outcome::Hung)
}

/// The value that a case has of a figure, as the page under test reports it; `None` when it has none.
pub(super) fn value(figure: Figure, case: &CaseResult) -> Option<f64> {
    let quality = case.measured.quality.as_ref();
    let audio = quality.map(|quality| &quality.audio);
    // What was never asked for is no bad picture.
    let video = quality.map(|quality| &quality.video).filter(|video| video.bitrate.is_some());
    let share = |is: bool| Some(f64::from(u8::from(is)));
    let value = match figure {
        Figure::AudioMos => audio?.mos,
        Figure::AudioBitrate => audio?.bitrate,
        Figure::AudioPacketLossRatio => audio?.packet_loss_ratio,
        Figure::VideoMos => video?.mos,
        Figure::VideoBitrate => video?.bitrate,
        Figure::VideoPacketLossRatio => video?.packet_loss_ratio,
        Figure::VideoFrameRate => video?.frame_rate,
        // A test of connectivity alone may end before the page's statistics of a second have one: whether they do is chance.
        Figure::RoundTripTime => quality.and(case.measured_network.round_trip_time),
        // An earlier attempt says nothing about this one.
        Figure::Seconds => Some(case.seconds_of_last_attempt()),
        Figure::ConnectivitySuccess => share(case.measured.connectivity.as_ref()?.success),
        Figure::Failures => share(matches!(case.outcome, Outcome::Failed | Outcome::Errored)),
        Figure::Hangs => share(case.outcome == Outcome::Hung),
    };
    value.filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::RunResult;

    #[test]
    fn what_a_test_of_connectivity_alone_happens_to_see_is_not_compared() {
        let run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let mut case = run.cases[0].clone();
        case.measured_network.round_trip_time = Some(0.04);
        assert_eq!(value(Figure::RoundTripTime, &case), Some(0.04));
        case.measured.quality = None;
        assert_eq!(value(Figure::RoundTripTime, &case), None);
        assert!(value(Figure::ConnectivitySuccess, &case).is_some());
    }
}
