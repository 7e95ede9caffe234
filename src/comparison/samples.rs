//! The value of a figure in a case.

use crate::event::CaseResult;
use crate::outcome::Outcome;
use crate::scenario::Figure;

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
        Figure::RoundTripTime => case.measured_network.round_trip_time,
        // An earlier try says nothing about this one.
        Figure::Seconds => case.attempts.last().map(|attempt| attempt.seconds).or(Some(case.seconds)),
        Figure::ConnectivitySuccess => share(case.measured.connectivity.as_ref()?.success),
        Figure::Failures => share(matches!(case.outcome, Outcome::Failed | Outcome::Errored)),
        Figure::Hangs => share(case.outcome == Outcome::Hung),
    };
    value.filter(|value| value.is_finite())
}
