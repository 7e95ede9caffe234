//! The value of a figure in a case.

use precall_results::{CaseResult, Figure, Outcome};

/// Returns the value of a figure in a case, as the module under test reports it; `None` when the case has none.
pub(super) fn value(figure: Figure, case: &CaseResult) -> Option<f64> {
    let quality = case.measured.quality.as_ref();
    let audio = quality.map(|quality| &quality.audio);
    // A test without video has no bitrate of video, and its video is not a bad one.
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
        // A test of connectivity alone may end before the page's statistics have a round-trip time: whether they do is chance.
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
    fn round_trip_time_needs_a_quality_test() {
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
