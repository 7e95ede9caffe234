//! The quality result of samples.

use super::capacity::capacity;
use super::number::{frame_size, known};
use super::recommendation::{by_bandwidth, classic_resolution};
use super::track::Track;
use super::video_mos::video_mos;
use super::window::{loss_ratio, mean, mean_rate, window};
use precall_results::ScoringProfile;
use precall_results::{AudioCounters, AudioQuality, Phase, QualityResult, Sample, VideoQuality};

/// The lowest MOS at which audio is supported.
pub const AUDIO_SUPPORTED_MOS: f64 = 2.4;

/// The reason for everything that the network does not support, even when the bitrate is not the cause: the words of
/// the published module.
pub const TOO_LOW: &str = "Bandwidth too low.";

/// The reason when no audio was sent.
const NO_MICROPHONE: &str = "No microphone was found.";

/// The media routing that a module reports when it cannot determine the routing.
const UNKNOWN_ROUTING: &str = "Unknown";

/// The frame rate that is recommended with every resolution, in frames per second.
const FRAME_RATE: f64 = 30.0;

/// Returns the result of a test's samples. Audio is taken from the last phase, video from the first.
pub fn score(samples: &[Sample], profile: ScoringProfile) -> QualityResult {
    let (for_audio, with_video) = phases(samples);
    QualityResult {
        audio: audio(&for_audio, window(&for_audio)),
        video: video(&with_video, window(&with_video), profile),
    }
}

/// Returns the result of a part of a test, with every figure taken over the whole part; `None` of fewer than two
/// samples of a phase, since figures are differences of counters.
pub fn score_over(samples: &[Sample], profile: ScoringProfile) -> Option<QualityResult> {
    let (for_audio, with_video) = phases(samples);
    let is_measured = for_audio.len() > 1 || with_video.len() > 1;
    is_measured.then(|| QualityResult {
        audio: audio(&for_audio, &for_audio),
        video: video(&with_video, &with_video, profile),
    })
}

/// Returns the samples that audio is taken from, and the samples that video is taken from.
fn phases(samples: &[Sample]) -> (Vec<Sample>, Vec<Sample>) {
    let of = |phase| samples.iter().filter(|sample| sample.phase == phase).cloned().collect::<Vec<_>>();
    let (with_video, audio_only) = (of(Phase::AudioVideo), of(Phase::AudioOnly));
    (if audio_only.is_empty() { with_video.clone() } else { audio_only }, with_video)
}

/// Returns the mean audio MOS of a phase, computed with the loss of one of its tracks. A silent second has no score.
fn mean_audio_mos(samples: &[Sample], track: Track) -> Option<f64> {
    mean(samples.windows(2).filter_map(|pair| track.audio_score(pair)))
}

/// Returns the reason why audio without a score is not supported. The network cannot have lost packets that were never
/// sent.
fn unjudged_reason(samples: &[Sample]) -> &'static str {
    let tracks = || samples.iter().filter_map(|sample| sample.audio.as_ref());
    let sent: Vec<_> = tracks().filter_map(|audio| audio.bytes_sent.and_then(known)).collect();
    let is_unsent = sent.len() > 1 && sent.first() == sent.last();
    let is_unheard = !samples.is_empty() && tracks().next().is_none();
    if is_unsent || is_unheard { NO_MICROPHONE } else { TOO_LOW }
}

/// Returns the result of audio. `last` is the part of the samples that bitrate, loss, round-trip time and jitter are
/// taken over.
fn audio(samples: &[Sample], last: &[Sample]) -> AudioQuality {
    // When the track was silent all the time, the network is judged by video, which took the same path. Without a track
    // there is nothing to judge.
    let has_track = samples.windows(2).any(|pair| Track::Audio.interval(pair).is_some());
    let by_video = || mean_audio_mos(samples, Track::Video).filter(|_| has_track);
    let mos = mean_audio_mos(samples, Track::Audio).or_else(by_video);
    let intervals: Vec<_> = last.windows(2).filter_map(|pair| Track::Audio.interval(pair)).collect();
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
        // Samples of this phase mean that video was requested; then none of it arrived.
        let reason = (!samples.is_empty()).then(|| TOO_LOW.to_owned());
        return VideoQuality { supported: false, reason, mos: Some(1.0), ..VideoQuality::default() };
    };
    let scores = samples.windows(2).filter_map(|pair| {
        let interval = Track::Video.interval(pair)?;
        let video = pair[1].video.as_ref()?;
        let (width, height) = frame_size(video);
        Some(video_mos(interval.bits_per_second(), width, height))
    });
    let mos = mean(scores).unwrap_or(1.0);
    let intervals: Vec<_> = last.windows(2).filter_map(|pair| Track::Video.interval(pair)).collect();
    let frame_rates: Vec<_> =
        last.windows(2).filter_map(|pair| Some(pair[1].video.as_ref()?.frame_rate.and_then(known))).collect();
    let (bitrate, loss) = (mean_rate(&intervals), loss_ratio(&intervals));
    let received = bitrate.unwrap_or(0.0);
    let estimate = samples.iter().rev().find_map(|sample| sample.available_outgoing_bitrate.and_then(known));
    let is_seen = received > 0.0 && {
        let mut known = frame_rates.iter().flatten().peekable();
        known.peek().is_none() || known.any(|rate| *rate > 0.0)
    };
    let judged = (profile == ScoringProfile::Capacity).then(|| capacity(samples)).flatten();
    let recommended = match profile {
        ScoringProfile::Classic => classic_resolution(received, loss.unwrap_or(0.0)),
        // No resolution is recommended unless video was received and shown.
        ScoringProfile::Bandwidth if is_seen => {
            // In a browser without the estimate, the received bitrate stands for it.
            let available = estimate.unwrap_or(received);
            let is_simulcast = last.iter().any(|sample| sample.simulcast == Some(true));
            by_bandwidth(available, is_simulcast, frame_size(last_video))
        }
        ScoringProfile::Bandwidth => None,
        ScoringProfile::Capacity => {
            let size = judged.as_ref().filter(|_| is_seen).and_then(|judged| judged.recommended);
            size.map(|(width, height)| format!("{width}x{height}"))
        }
    };
    let is_estimate = match profile {
        ScoringProfile::Classic => None,
        ScoringProfile::Bandwidth => Some(estimate.is_some()),
        ScoringProfile::Capacity => judged.as_ref().map(|judged| judged.is_estimate),
    };
    let basis = is_estimate.map(|is| if is { "availableOutgoingBitrate" } else { "bitrate" });
    let limitation = samples.last().and_then(|sample| sample.quality_limitation_reason.clone());
    VideoQuality {
        supported: recommended.is_some(),
        reason: recommended.is_none().then(|| TOO_LOW.to_owned()),
        bitrate,
        packet_loss_ratio: loss,
        frame_rate: mean(frame_rates.iter().map(|rate| rate.unwrap_or(0.0))),
        recommended_frame_rate: recommended.is_some().then_some(FRAME_RATE),
        recommended_resolution: recommended,
        recommendation_basis: basis.map(str::to_owned),
        quality_limitation_reason: limitation.filter(|reason| reason != "none" && profile != ScoringProfile::Classic),
        capacity: judged.as_ref().map(|judged| judged.capacity),
        confidence: judged.as_ref().map(|judged| judged.confidence),
        limited_by: judged.as_ref().and_then(|judged| judged.limited_by()).map(str::to_owned),
        media_routing: media_routing(samples),
        mos: Some(mos),
    }
}

/// Returns the newest media routing that is known. In a second in which the sender's statistics could not be read, it
/// is unknown.
fn media_routing(samples: &[Sample]) -> Option<String> {
    let reported = || samples.iter().rev().filter_map(|sample| sample.video.as_ref()?.media_routing.as_ref());
    reported().find(|routing| *routing != UNKNOWN_ROUTING).or_else(|| reported().next()).cloned()
}
