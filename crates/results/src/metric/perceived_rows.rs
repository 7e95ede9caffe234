//! The rows of metrics of what a viewer sees and hears, where precall knows what was filmed and spoken.

use super::MetricKind as Kind;
use super::row::{MetricRow, ReadCall};
use super::row_defaults::{AMOUNT, SHARE, gauge, row};
use super::unit::MetricUnit as Unit;
use super::value::number;
use crate::MinimumEffect::Absolute;

pub(super) const VIDEO_END_TO_END_DELAY: MetricRow = MetricRow {
    label: "delay of the picture",
    description: "The time from the capture of a frame to its presentation, by the numbers that precall's film shows: the \
        median over frames. It needs a `detailed` camera.",
    more_is_better: Some(false),
    call: Some(ReadCall::Video(|video| number(video.end_to_end_delay))),
    minimum_effect: Some(Absolute(0.03)),
    gauge: gauge(
        "precall_video_end_to_end_delay_seconds",
        Some("seconds"),
        "Time from capture to presentation, median of frames.",
    ),
    ..row("video.endToEndDelay", Kind::Time)
};

pub(super) const VIDEO_END_TO_END_DELAY_P95: MetricRow = MetricRow {
    label: "95th percentile of the delay of the picture",
    description: "The 95th percentile of the time from the capture of a frame to its presentation. It needs a `detailed` \
        camera.",
    more_is_better: Some(false),
    call: Some(ReadCall::Video(|video| number(video.end_to_end_delay_p95))),
    minimum_effect: Some(Absolute(0.05)),
    ..row("video.endToEndDelayP95", Kind::Time)
};

pub(super) const VIDEO_MISSING_FRAMES_RATIO: MetricRow = MetricRow {
    label: "missing frames",
    description: "The share of the camera's frames that were never presented: left out by the encoder, lost, or dropped. \
        It needs a `detailed` camera.",
    more_is_better: Some(false),
    call: Some(ReadCall::Video(|video| number(video.missing_frames_ratio))),
    minimum_effect: Some(Absolute(0.03)),
    ..row("video.missingFramesRatio", Kind::Ratio)
};

pub(super) const VIDEO_REPEATED_FRAMES: MetricRow = MetricRow {
    description: "How often a presented frame showed the same captured frame as the one before. It needs a `detailed` \
        camera.",
    unit: Unit::Count,
    range: AMOUNT,
    call: Some(ReadCall::Video(|video| number(video.repeated_frames.map(|count| count as f64)))),
    ..row("video.repeatedFrames", Kind::Number)
};

pub(super) const VIDEO_UNREAD_FRAMES_RATIO: MetricRow = MetricRow {
    description: "The share of presented frames whose number could not be read, so that the figures about delay and \
        missing frames leave them out. It needs a `detailed` camera.",
    call: Some(ReadCall::Video(|video| number(video.unread_frames_ratio))),
    ..row("video.unreadFramesRatio", Kind::Ratio)
};

pub(super) const VIDEO_SIMILARITY: MetricRow = MetricRow {
    label: "similarity of the picture",
    description: "The likeness of presented pictures to those that were filmed: the mean structural similarity (SSIM; Wang \
        et al., 2004) of luma at the size of the film, up to 1. It needs a `detailed` camera.",
    range: SHARE,
    more_is_better: Some(true),
    call: Some(ReadCall::Video(|video| number(video.similarity))),
    minimum_effect: Some(Absolute(0.02)),
    gauge: gauge("precall_video_similarity", None, "Structural similarity of presented to filmed pictures."),
    ..row("video.similarity", Kind::Number)
};

pub(super) const AUDIO_END_TO_END_DELAY: MetricRow = MetricRow {
    label: "delay of the sound",
    description: "The time from the microphone to the loudspeaker, by the moments at which speech begins: the median. It \
        needs a `detailed` camera and a microphone with `speech`.",
    more_is_better: Some(false),
    call: Some(ReadCall::Audio(|audio| number(audio.end_to_end_delay))),
    minimum_effect: Some(Absolute(0.03)),
    gauge: gauge(
        "precall_audio_end_to_end_delay_seconds",
        Some("seconds"),
        "Time from the microphone to the loudspeaker, median.",
    ),
    ..row("audio.endToEndDelay", Kind::Time)
};

pub(super) const AUDIO_MOS_LQO: MetricRow = MetricRow {
    label: "listening quality of the speech",
    description: "The quality of the received speech, held against what the microphone played: the MOS-LQO of ITU-T P.862.2 \
        (wideband PESQ, the edition of 2005), 1.04 to 4.64, as a mean over recordings of twelve seconds. It needs a `detailed` \
        camera, a microphone with `speech`, and a call of 14 s for each subscription.",
    range: Some((1.04, 4.65)),
    more_is_better: Some(true),
    call: Some(ReadCall::Audio(|audio| number(audio.mos_lqo))),
    minimum_effect: Some(Absolute(0.2)),
    gauge: gauge("precall_audio_mos_lqo", None, "Listening quality of received speech (ITU-T P.862.2)."),
    ..row("audio.mosLqo", Kind::Number)
};

pub(super) const AUDIO_SILENCE_RATIO: MetricRow = MetricRow {
    label: "silence heard",
    description: "The share of the received sound that is silent: blocks of 2.5 ms below -60 dB of full scale. Hold it against \
        `microphone.silenceRatio`. It needs a `detailed` camera.",
    more_is_better: None,
    call: Some(ReadCall::Audio(|audio| number(audio.silence_ratio))),
    ..row("audio.silenceRatio", Kind::Ratio)
};

pub(super) const AUDIO_CLIPPED_SAMPLES_RATIO: MetricRow = MetricRow {
    label: "clipped samples heard",
    description: "The share of received samples at full scale. It needs a `detailed` camera.",
    more_is_better: Some(false),
    call: Some(ReadCall::Audio(|audio| number(audio.clipped_samples_ratio))),
    minimum_effect: Some(Absolute(0.001)),
    ..row("audio.clippedSamplesRatio", Kind::Ratio)
};

pub(super) const MICROPHONE_SILENCE_RATIO: MetricRow = MetricRow {
    label: "silence of the microphone",
    description: "The share of the sound of the publisher's microphone that is silent, as `audio.silenceRatio`. It needs a \
        `detailed` camera.",
    call: Some(ReadCall::Audio(|audio| number(audio.microphone_silence_ratio))),
    ..row("microphone.silenceRatio", Kind::Ratio)
};

pub(super) const MICROPHONE_CLIPPED_SAMPLES_RATIO: MetricRow = MetricRow {
    label: "clipped samples of the microphone",
    description: "The share of samples of the publisher's microphone at full scale. It needs a `detailed` camera.",
    call: Some(ReadCall::Audio(|audio| number(audio.microphone_clipped_samples_ratio))),
    ..row("microphone.clippedSamplesRatio", Kind::Ratio)
};

pub(super) const LIP_SYNC: MetricRow = MetricRow {
    label: "lag of the picture behind the sound",
    description: "By how much the picture comes after the sound: `video.endToEndDelay` less `audio.endToEndDelay`. It is negative where \
        the picture comes first. ITU-R BT.1359 calls 45 ms after and 125 ms before detectable.",
    range: Some((f64::NEG_INFINITY, f64::INFINITY)),
    call: Some(ReadCall::Subscription(|one| number(one.lip_sync()))),
    ..row("lipSync", Kind::Time)
};
