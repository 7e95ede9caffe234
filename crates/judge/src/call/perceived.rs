//! What was perceived of a subscription, over the samples that count.

use crate::statistics::quantile;
use precall_results::{Perceived, ReceivedAudio, ReceivedVideo, SoundSum, SubscriptionSample};

/// The fewest values that a percentile is taken of.
const MIN_VALUES: usize = 20;

/// How long before its sample a recording began at most, in seconds: twelve seconds are recorded, the page reports once
/// a second, and the quality is a part of the next sample after it was measured.
const RECORDING_SECONDS: f64 = 14.5;

/// The sums over the samples that count.
#[derive(Debug, Default)]
pub(super) struct PerceivedSum {
    delays: Vec<f64>,
    sound_delays: Vec<f64>,
    similarities: Vec<f64>,
    read: u64,
    unread: u64,
    missing: u64,
    repeated: u64,
    heard: SoundSum,
    spoken: SoundSum,
}

impl PerceivedSum {
    /// Returns the sums over samples. `counts` says whether the interval between two samples counts.
    pub(super) fn of(samples: &[&SubscriptionSample], counts: impl Fn(f64, f64) -> bool) -> Self {
        let mut sum = Self::default();
        for pair in samples.windows(2).filter(|pair| counts(pair[0].at, pair[1].at)) {
            pair[1].perceived.iter().for_each(|perceived| sum.add(perceived));
        }
        sum
    }

    fn add(&mut self, perceived: &Perceived) {
        self.delays.extend(perceived.delays.iter().filter(|delay| delay.is_finite()));
        self.sound_delays.extend(perceived.sound_delays.iter().filter(|delay| delay.is_finite()));
        self.similarities.extend(perceived.similarity);
        self.read = self.read.saturating_add(perceived.read);
        self.unread = self.unread.saturating_add(perceived.unread);
        self.missing = self.missing.saturating_add(perceived.missing);
        self.repeated = self.repeated.saturating_add(perceived.repeated);
        self.heard.add(perceived.heard);
        self.spoken.add(perceived.spoken);
    }

    /// Returns these figures with those of the picture.
    pub(super) fn of_video(&self, received: ReceivedVideo) -> ReceivedVideo {
        let (read, presented) = (self.read as f64, self.read.saturating_add(self.unread) as f64);
        let is_met = self.delays.len() >= MIN_VALUES;
        let count = self.similarities.len() as f64;
        ReceivedVideo {
            end_to_end_delay: seconds(&self.delays, 0.5).filter(|_| is_met),
            end_to_end_delay_p95: seconds(&self.delays, 0.95).filter(|_| is_met),
            missing_frames_ratio: is_met.then(|| self.missing as f64 / (read + self.missing as f64)),
            repeated_frames: is_met.then_some(self.repeated),
            unread_frames_ratio: (presented > 0.0).then(|| self.unread as f64 / presented),
            similarity: (count > 0.0).then(|| self.similarities.iter().sum::<f64>() / count),
            ..received
        }
    }

    /// Returns these figures with those of the sound.
    pub(super) fn of_audio(&self, received: ReceivedAudio) -> ReceivedAudio {
        ReceivedAudio {
            end_to_end_delay: seconds(&self.sound_delays, 0.5),
            silence_ratio: self.heard.silence_ratio(),
            clipped_samples_ratio: self.heard.clipped_ratio(),
            microphone_silence_ratio: self.spoken.silence_ratio(),
            microphone_clipped_samples_ratio: self.spoken.clipped_ratio(),
            ..received
        }
    }
}

/// Returns the mean quality of recorded speech, by ITU-T P.862.2, over the recordings that count as a whole; `None`
/// without one. `counts` says whether an interval counts.
pub(super) fn speech_quality(samples: &[&SubscriptionSample], counts: impl Fn(f64, f64) -> bool) -> Option<f64> {
    let (sum, count) = samples
        .iter()
        .filter(|sample| counts(sample.at - RECORDING_SECONDS, sample.at))
        .filter_map(|sample| sample.perceived.as_ref()?.sound_quality.filter(|quality| quality.is_finite()))
        .fold((0.0, 0_u32), |(sum, count), quality| (sum + quality, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// Returns a quantile of milliseconds, in seconds; `None` of nothing.
fn seconds(values: &[f64], share: f64) -> Option<f64> {
    quantile(values, share).map(|milliseconds| milliseconds / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: f64, perceived: Perceived) -> SubscriptionSample {
        SubscriptionSample {
            participant: "bob".to_owned(),
            publisher: "alice".to_owned(),
            stream: "camera".to_owned(),
            at,
            video: None,
            audio: None,
            presented: None,
            perceived: Some(perceived),
        }
    }

    #[test]
    fn figures_are_over_the_samples_that_count() {
        let second = |at: u32, delay: f64| {
            let perceived = Perceived {
                delays: vec![delay; 10],
                read: 10,
                unread: 1,
                missing: 5,
                repeated: 1,
                similarity: Some(0.8),
                sound_delays: vec![delay / 2.0],
                sound_quality: None,
                heard: SoundSum { samples: 100, silent: 40, clipped: 0 },
                spoken: SoundSum { samples: 100, silent: 30, clipped: 1 },
            };
            sample(f64::from(at), perceived)
        };
        let samples: Vec<_> = (0..=20).map(|at| second(at, if at > 18 { 300.0 } else { 100.0 })).collect();
        let samples: Vec<_> = samples.iter().collect();
        let sum = PerceivedSum::of(&samples, |_, _| true);
        let video = sum.of_video(ReceivedVideo::default());
        assert_eq!((video.end_to_end_delay, video.end_to_end_delay_p95), (Some(0.1), Some(0.3)));
        assert_eq!((video.repeated_frames, video.similarity.map(|one| (one * 10.0).round())), (Some(20), Some(8.0)));
        assert_eq!(video.missing_frames_ratio, Some(100.0 / 300.0));
        assert_eq!(video.unread_frames_ratio, Some(20.0 / 220.0));
        let audio = sum.of_audio(ReceivedAudio::default());
        assert_eq!((audio.end_to_end_delay, audio.silence_ratio), (Some(0.05), Some(0.4)));
        assert_eq!((audio.microphone_silence_ratio, audio.microphone_clipped_samples_ratio), (Some(0.3), Some(0.01)));
        let early = PerceivedSum::of(&samples, |_, to| to <= 18.0);
        assert_eq!(early.of_video(ReceivedVideo::default()).end_to_end_delay_p95, Some(0.1));
    }

    #[test]
    fn recordings_count_if_they_count_from_their_beginning() {
        let second =
            |at: f64, quality: Option<f64>| sample(at, Perceived { sound_quality: quality, ..Perceived::default() });
        let samples = [second(16.0, Some(4.0)), second(17.0, None), second(32.0, Some(3.0))];
        let samples: Vec<_> = samples.iter().collect();
        assert_eq!(speech_quality(&samples, |_, _| true), Some(3.5));
        assert_eq!(speech_quality(&samples, |from, _| from >= 4.0), Some(3.0));
        assert_eq!(speech_quality(&samples, |from, to| from >= 4.0 && to <= 20.0), None);
    }

    #[test]
    fn nothing_follows_from_a_few_frames() {
        let perceived = Perceived { delays: vec![100.0; 5], read: 5, ..Perceived::default() };
        let samples = [sample(0.0, Perceived::default()), sample(1.0, perceived)];
        let sum = PerceivedSum::of(&[&samples[0], &samples[1]], |_, _| true);
        let video = sum.of_video(ReceivedVideo::default());
        assert_eq!((video.end_to_end_delay, video.missing_frames_ratio, video.similarity), (None, None, None));
        assert_eq!(sum.of_audio(ReceivedAudio::default()).end_to_end_delay, None);
    }
}
