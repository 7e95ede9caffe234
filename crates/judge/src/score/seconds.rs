//! The figures of a quality test over time, from one sample to the next.

use super::number::frame_size;
use super::track::Track;
use super::video_mos::video_mos;
use precall_results::{Phase, Sample};

/// The figures between a sample and the one before it. A figure is absent when the samples do not give it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SecondFigures {
    /// The bitrate of received audio, in bit/s.
    pub audio_bitrate: Option<f64>,
    /// The bitrate of received video, in bit/s.
    pub video_bitrate: Option<f64>,
    /// The share of audio packets lost, 0 to 1.
    pub audio_loss_ratio: Option<f64>,
    /// The share of video packets lost, 0 to 1.
    pub video_loss_ratio: Option<f64>,
    /// The mean opinion score of audio, computed as in [`super::score`] for each second.
    pub audio_mos: Option<f64>,
    /// The mean opinion score of video.
    pub video_mos: Option<f64>,
}

/// Returns the figures of each sample. The first sample of a phase has no sample before it, so its figures are absent.
pub fn per_second(samples: &[Sample]) -> Vec<SecondFigures> {
    let first = samples.first().map(|_| SecondFigures::default());
    first.into_iter().chain(samples.windows(2).map(between)).collect()
}

fn between(pair: &[Sample]) -> SecondFigures {
    if pair[0].phase != pair[1].phase {
        return SecondFigures::default();
    }
    let (audio, video) = (Track::Audio.interval(pair), Track::Video.interval(pair));
    let size = pair[1].video.as_ref().map(frame_size);
    let video = video.filter(|_| pair[1].phase == Phase::AudioVideo);
    SecondFigures {
        audio_bitrate: audio.map(|audio| audio.bits_per_second()),
        video_bitrate: video.map(|video| video.bits_per_second()),
        audio_loss_ratio: audio.and_then(|audio| audio.loss_ratio()),
        video_loss_ratio: video.and_then(|video| video.loss_ratio()),
        audio_mos: Track::Audio.audio_score(pair),
        video_mos: video.zip(size).map(|(video, (width, height))| video_mos(video.bits_per_second(), width, height)),
    }
}

#[cfg(test)]
mod tests {
    use precall_results::VideoCounters;

    use super::*;
    use precall_results::AudioCounters;

    fn sample(phase: Phase, second: f64) -> Sample {
        let audio = AudioCounters {
            bytes_received: second * 3_000.0,
            packets_received: second * 49.0,
            packets_lost: second,
            ..AudioCounters::default()
        };
        let video = VideoCounters {
            bytes_received: second * 100_000.0,
            packets_received: second * 100.0,
            frame_width: Some(640.0),
            frame_height: Some(480.0),
            ..VideoCounters::default()
        };
        Sample {
            phase,
            timestamp: second * 1e3,
            network_seconds: None,
            elapsed: None,
            limit: None,
            audio: Some(audio),
            video: Some(video),
            available_outgoing_bitrate: None,
            quality_limitation_reason: None,
            simulcast: None,
        }
    }

    #[test]
    fn each_second_is_scored_as_the_whole_test() {
        let samples: Vec<_> = (0..6).map(|second| sample(Phase::AudioVideo, f64::from(second))).collect();
        let seconds = per_second(&samples);
        assert_eq!((seconds.len(), seconds[0]), (6, SecondFigures::default()));
        let whole = crate::score::score(&samples, precall_results::ScoringProfile::Classic);
        // All seconds are the same, so each has the figures of the whole test.
        for second in &seconds[1..] {
            assert_eq!(second.audio_bitrate, whole.audio.bitrate);
            assert_eq!(second.audio_loss_ratio, whole.audio.packet_loss_ratio);
            assert_eq!(second.audio_mos, whole.audio.mos);
            assert_eq!(second.video_mos, whole.video.mos);
        }
    }

    #[test]
    fn phases_are_not_mixed() {
        let seconds = per_second(&[sample(Phase::AudioVideo, 1.0), sample(Phase::AudioOnly, 2.0)]);
        assert_eq!(seconds, [SecondFigures::default(); 2]);
        assert_eq!(per_second(&[]), []);
    }
}
