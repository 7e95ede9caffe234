//! A quality result from samples.

use super::number::{frame_size, known};
use super::outage::Track;
use super::recommendation::{by_bandwidth, classic_resolution};
use super::video_mos::video_mos;
use super::window::{Interval, Reading, loss_ratio, mean, mean_rate, window};
use precall_results::ScoringProfile;
use precall_results::{AudioCounters, AudioQuality, Phase, QualityResult, Sample, VideoQuality};

/// Audio works from this MOS on.
pub const AUDIO_SUPPORTED_MOS: f64 = 2.4;

/// The reason for anything that the network does not support, whatever it is that fails: the words of the published module.
pub const TOO_LOW: &str = "Bandwidth too low.";

/// The reason when there was no audio to begin with.
const NO_MICROPHONE: &str = "No microphone was found.";

/// What a module says of a way that it cannot tell.
const UNKNOWN_ROUTING: &str = "Unknown";

/// Recommended with every resolution, in frames per second.
const FRAME_RATE: f64 = 30.0;

/// The result that these samples give. Audio is taken from the last phase, video from the first.
pub fn score(samples: &[Sample], profile: ScoringProfile) -> QualityResult {
    let (for_audio, with_video) = phases(samples);
    QualityResult {
        audio: audio(&for_audio, window(&for_audio)),
        video: video(&with_video, window(&with_video), profile),
    }
}

/// The result that a part of a test gives, with every figure over the whole of it; `None` of fewer than two samples of a phase:
/// counters say nothing alone.
pub fn score_over(samples: &[Sample], profile: ScoringProfile) -> Option<QualityResult> {
    let (for_audio, with_video) = phases(samples);
    let is_measured = for_audio.len() > 1 || with_video.len() > 1;
    is_measured.then(|| QualityResult {
        audio: audio(&for_audio, &for_audio),
        video: video(&with_video, &with_video, profile),
    })
}

/// The samples that audio is taken from, and those that video is.
fn phases(samples: &[Sample]) -> (Vec<Sample>, Vec<Sample>) {
    let of = |phase| samples.iter().filter(|sample| sample.phase == phase).cloned().collect::<Vec<_>>();
    let (with_video, audio_only) = (of(Phase::AudioVideo), of(Phase::AudioOnly));
    (if audio_only.is_empty() { with_video.clone() } else { audio_only }, with_video)
}

pub(super) fn audio_interval(pair: &[Sample]) -> Option<Interval> {
    let read = |sample: &Sample| {
        let audio = sample.audio.as_ref()?;
        Some(Reading {
            timestamp: sample.timestamp,
            sent: audio.bytes_sent,
            bytes: audio.bytes_received,
            received: audio.packets_received,
            lost: audio.packets_lost,
        })
    };
    Interval::between(read(&pair[0])?, read(&pair[1])?)
}

pub(super) fn video_interval(pair: &[Sample]) -> Option<Interval> {
    let read = |sample: &Sample| {
        let video = sample.video.as_ref()?;
        Some(Reading {
            timestamp: sample.timestamp,
            sent: video.bytes_sent,
            bytes: video.bytes_received,
            received: video.packets_received,
            lost: video.packets_lost,
        })
    };
    Interval::between(read(&pair[0])?, read(&pair[1])?)
}

/// The mean audio MOS of a phase, with the loss of one of its tracks. A silent second has no score.
fn mean_audio_mos(samples: &[Sample], track: Track) -> Option<f64> {
    mean(samples.windows(2).filter_map(|pair| track.audio_score(pair)))
}

/// Why audio of which nothing could be judged is not supported. What was never sent, the network cannot have lost.
fn unjudged_reason(samples: &[Sample]) -> &'static str {
    let tracks = || samples.iter().filter_map(|sample| sample.audio.as_ref());
    let sent: Vec<_> = tracks().filter_map(|audio| audio.bytes_sent.and_then(known)).collect();
    let is_unsent = sent.len() > 1 && sent.first() == sent.last();
    let is_unheard = !samples.is_empty() && tracks().next().is_none();
    if is_unsent || is_unheard { NO_MICROPHONE } else { TOO_LOW }
}

/// `last` is the part of the samples that figures are taken over.
fn audio(samples: &[Sample], last: &[Sample]) -> AudioQuality {
    // A track that was silent all the time leaves video, which took the same way, to judge the network by. Without a track
    // there is nothing to judge.
    let has_track = samples.windows(2).any(|pair| audio_interval(pair).is_some());
    let by_video = || mean_audio_mos(samples, Track::Video).filter(|_| has_track);
    let mos = mean_audio_mos(samples, Track::Audio).or_else(by_video);
    let intervals: Vec<_> = last.windows(2).filter_map(audio_interval).collect();
    let figure = |read: fn(&AudioCounters) -> Option<f64>| {
        mean(last.iter().filter_map(|sample| known(read(sample.audio.as_ref()?)?)))
    };
    let supported = mos.is_some_and(|mos| mos >= AUDIO_SUPPORTED_MOS);
    AudioQuality {
        supported,
        reason: (!supported).then(|| if mos.is_some() { TOO_LOW } else { unjudged_reason(samples) }.to_owned()),
        bitrate: mean_rate(&intervals),
        packet_loss_ratio: loss_ratio(&intervals),
        round_trip_time: figure(|audio| audio.round_trip_time),
        jitter: figure(|audio| audio.jitter),
        mos: Some(mos.unwrap_or(1.0)),
    }
}

fn video(samples: &[Sample], last: &[Sample], profile: ScoringProfile) -> VideoQuality {
    let Some(last_video) = samples.iter().rev().find_map(|sample| sample.video.as_ref()) else {
        // Video was sent, and nothing of it came; without such a phase nobody asked for video.
        let reason = (!samples.is_empty()).then(|| TOO_LOW.to_owned());
        return VideoQuality { supported: false, reason, mos: Some(1.0), ..VideoQuality::default() };
    };
    let scores = samples.windows(2).filter_map(|pair| {
        let interval = video_interval(pair)?;
        let video = pair[1].video.as_ref()?;
        let (width, height) = frame_size(video);
        Some(video_mos(interval.bits_per_second(), width, height))
    });
    let mos = mean(scores).unwrap_or(1.0);
    let intervals: Vec<_> = last.windows(2).filter_map(video_interval).collect();
    let frame_rates: Vec<_> =
        last.windows(2).filter_map(|pair| Some(pair[1].video.as_ref()?.frame_rate.and_then(known))).collect();
    let (bitrate, loss) = (mean_rate(&intervals), loss_ratio(&intervals));
    let received = bitrate.unwrap_or(0.0);
    let estimate = samples.iter().rev().find_map(|sample| sample.available_outgoing_bitrate.and_then(known));
    let is_seen = received > 0.0 && {
        let mut known = frame_rates.iter().flatten().peekable();
        known.peek().is_none() || known.any(|rate| *rate > 0.0)
    };
    let recommended = match profile {
        ScoringProfile::Classic => classic_resolution(received, loss.unwrap_or(0.0)),
        // Nothing is recommended of which nothing was received, or nothing seen.
        ScoringProfile::Bandwidth if is_seen => {
            // A browser without the estimate has the received rate to go by.
            let available = estimate.unwrap_or(received);
            let is_simulcast = last.iter().any(|sample| sample.simulcast == Some(true));
            by_bandwidth(available, is_simulcast, frame_size(last_video))
        }
        ScoringProfile::Bandwidth => None,
    };
    let basis = if estimate.is_some() { "availableOutgoingBitrate" } else { "bitrate" };
    let limitation = samples.last().and_then(|sample| sample.quality_limitation_reason.clone());
    VideoQuality {
        supported: recommended.is_some(),
        reason: recommended.is_none().then(|| TOO_LOW.to_owned()),
        bitrate,
        packet_loss_ratio: loss,
        frame_rate: mean(frame_rates.iter().map(|rate| rate.unwrap_or(0.0))),
        recommended_frame_rate: recommended.is_some().then_some(FRAME_RATE),
        recommended_resolution: recommended,
        recommendation_basis: (profile == ScoringProfile::Bandwidth).then(|| basis.to_owned()),
        quality_limitation_reason: limitation.filter(|reason| reason != "none" && profile == ScoringProfile::Bandwidth),
        media_routing: media_routing(samples),
        mos: Some(mos),
    }
}

/// The newest routing that is known: a second in which the sender could not be read says nothing about the way.
fn media_routing(samples: &[Sample]) -> Option<String> {
    let told = || samples.iter().rev().filter_map(|sample| sample.video.as_ref()?.media_routing.as_ref());
    told().find(|routing| *routing != UNKNOWN_ROUTING).or_else(|| told().next()).cloned()
}
