//! What a quality test measured from one sample to the next: its figures in the course of time.

use super::number::frame_size;
use super::track::Track;
use super::video_mos::video_mos;
use precall_results::{Phase, Sample};

/// The figures between a sample and the one before it; absent where the samples do not give them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SecondFigures {
    /// Received audio in bit/s.
    pub audio_bitrate: Option<f64>,
    /// Received video in bit/s.
    pub video_bitrate: Option<f64>,
    /// Share of audio packets lost.
    pub audio_loss_ratio: Option<f64>,
    /// Share of video packets lost.
    pub video_loss_ratio: Option<f64>,
    /// Mean opinion score of audio, as [`super::score`] has it for each second.
    pub audio_mos: Option<f64>,
    /// Mean opinion score of video.
    pub video_mos: Option<f64>,
}

/// The figures of each sample but the first of a phase, which has none before it and gets none.
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
    fn each_second_is_scored_as_the_whole_is() {
        let samples: Vec<_> = (0..6).map(|second| sample(Phase::AudioVideo, f64::from(second))).collect();
        let seconds = per_second(&samples);
        assert_eq!((seconds.len(), seconds[0]), (6, SecondFigures::default()));
        let whole = crate::score::score(&samples, precall_results::ScoringProfile::Classic);
        // Every second is alike, so each has the figures of the whole.
        for second in &seconds[1..] {
            assert_eq!(second.audio_bitrate, whole.audio.bitrate);
            assert_eq!(second.audio_loss_ratio, whole.audio.packet_loss_ratio);
            assert_eq!(second.audio_mos, whole.audio.mos);
            assert_eq!(second.video_mos, whole.video.mos);
        }
    }

    #[test]
    fn phases_are_not_mixed_and_nothing_gives_nothing() {
        let seconds = per_second(&[sample(Phase::AudioVideo, 1.0), sample(Phase::AudioOnly, 2.0)]);
        assert_eq!(seconds, [SecondFigures::default(); 2]);
        assert_eq!(per_second(&[]), []);
    }
}
