//! The sums over the counters of a subscription.

use precall_results::{
    AudioReceived, FrameSize, Presented, ReceivedAudio, ReceivedVideo, SubscriptionSample, VideoReceived,
};

/// The shortest time that a rate is computed over, in seconds.
const MIN_SECONDS: f64 = 1.0;

/// From so many seconds without a frame on, Chrome may leave a freeze out of its statistics: it takes the stream for
/// one that has ended, and counts anew with the next frame. A freeze that lasts until the end is left out as well.
/// Chrome itself sends a still screen once a second.
const MIN_PAUSE: f64 = 3.0;

/// Returns what was received of video in the intervals between samples that count. `counts` says whether the interval
/// between two samples counts. The members that follow from events or from what was perceived are absent.
pub(super) fn video(samples: &[&SubscriptionSample], counts: impl Fn(f64, f64) -> bool) -> ReceivedVideo {
    let mut sum = VideoSum::default();
    for pair in samples.windows(2) {
        if !counts(pair[0].at, pair[1].at) {
            sum.pause = Pause::default();
            continue;
        }
        if let (Some(from), Some(to)) = (&pair[0].video, &pair[1].video)
            // The time before the first frame is a metric of its own.
            && from.frames_decoded > 0
            && is_continued(from.bytes_received, to.bytes_received, from.timestamp, to.timestamp)
        {
            sum.add(from, to);
        }
        if let (Some(from), Some(to)) = (&pair[0].presented, &pair[1].presented)
            && is_continued(from.frames, to.frames, from.timestamp, to.timestamp)
        {
            sum.add_presented(from, to);
        }
    }
    sum.end_pause();
    sum.received()
}

/// The time without a frame until now.
#[derive(Default)]
struct Pause {
    seconds: f64,
    /// The freezes that Chrome has counted meanwhile, in seconds.
    counted: f64,
    /// Whether frames have come again. Chrome counts a freeze when the next frame is shown, a little after it is
    /// decoded.
    is_over: bool,
}

/// Returns what was received of audio.
pub(super) fn audio(samples: &[&SubscriptionSample], counts: impl Fn(f64, f64) -> bool) -> ReceivedAudio {
    let mut sum = AudioSum::default();
    for pair in samples.windows(2) {
        if let (Some(from), Some(to)) = (&pair[0].audio, &pair[1].audio)
            && counts(pair[0].at, pair[1].at)
            && is_continued(from.bytes_received, to.bytes_received, from.timestamp, to.timestamp)
        {
            sum.add(from, to);
        }
    }
    sum.received()
}

/// Whether two readings are of the same track: a new one counts from zero.
fn is_continued(from: u64, to: u64, began: f64, ended: f64) -> bool {
    to >= from && ended > began
}

#[derive(Default)]
struct VideoSum {
    seconds: f64,
    bytes: u64,
    packets: u64,
    lost: i64,
    frames: u64,
    freezes: u64,
    frozen: f64,
    nacks: u64,
    plis: u64,
    delay: f64,
    emitted: u64,
    /// The time for which each size was received.
    sizes: Vec<(FrameSize, f64)>,
    presented_seconds: f64,
    presented: u64,
    dropped: u64,
    presented_frozen: f64,
    pause: Pause,
}

impl VideoSum {
    /// Adds a pause that Chrome has not counted as a freeze.
    fn end_pause(&mut self) {
        let Pause { seconds, counted, is_over: _ } = std::mem::take(&mut self.pause);
        if seconds >= MIN_PAUSE && counted < seconds / 2.0 {
            self.frozen += seconds - counted;
            self.freezes += u64::from(counted == 0.0);
        }
    }

    fn add(&mut self, from: &VideoReceived, to: &VideoReceived) {
        let seconds = (to.timestamp - from.timestamp) / 1e3;
        self.seconds += seconds;
        self.bytes += to.bytes_received - from.bytes_received;
        self.packets += to.packets_received.saturating_sub(from.packets_received);
        self.lost += to.packets_lost - from.packets_lost;
        self.frames += to.frames_decoded.saturating_sub(from.frames_decoded);
        self.freezes += to.freeze_count.saturating_sub(from.freeze_count);
        let frozen = (to.total_freezes_duration - from.total_freezes_duration).max(0.0);
        self.frozen += frozen;
        self.pause.counted += frozen;
        if self.pause.is_over {
            self.end_pause();
        }
        if to.frames_decoded > from.frames_decoded {
            self.pause.is_over = self.pause.seconds > 0.0;
        } else {
            self.pause.seconds += seconds;
        }
        self.nacks += to.nack_count.saturating_sub(from.nack_count);
        self.plis += to.pli_count.saturating_sub(from.pli_count);
        self.delay += (to.jitter_buffer_delay - from.jitter_buffer_delay).max(0.0);
        self.emitted += to.jitter_buffer_emitted_count.saturating_sub(from.jitter_buffer_emitted_count);
        let size = u32::try_from(to.frame_width).ok().zip(u32::try_from(to.frame_height).ok());
        if let Some((width, height)) = size.filter(|(width, height)| *width > 0 && *height > 0) {
            let size = FrameSize { width, height };
            match self.sizes.iter_mut().find(|(known, _)| *known == size) {
                Some((_, time)) => *time += seconds,
                None => self.sizes.push((size, seconds)),
            }
        }
    }

    fn add_presented(&mut self, from: &Presented, to: &Presented) {
        self.presented_seconds += (to.timestamp - from.timestamp) / 1e3;
        self.presented += to.frames - from.frames;
        self.dropped += to.dropped.saturating_sub(from.dropped);
        self.presented_frozen += (to.frozen - from.frozen).max(0.0);
    }

    fn received(self) -> ReceivedVideo {
        let is_long = self.seconds >= MIN_SECONDS;
        let is_presented = self.presented_seconds >= MIN_SECONDS;
        let largest = self.sizes.iter().max_by(|one, other| one.1.total_cmp(&other.1));
        ReceivedVideo {
            bitrate: is_long.then(|| self.bytes as f64 * 8.0 / self.seconds),
            frame_rate: is_long.then(|| self.frames as f64 / self.seconds),
            presented_frame_rate: is_presented.then(|| self.presented as f64 / self.presented_seconds),
            dropped_frame_rate: is_presented.then(|| self.dropped as f64 / self.presented_seconds),
            resolution: largest.map(|(size, _)| *size),
            freeze_count: is_long.then_some(self.freezes),
            freeze_ratio: is_long.then(|| (self.frozen / self.seconds).min(1.0)),
            presented_freeze_ratio: is_presented.then(|| (self.presented_frozen / self.presented_seconds).min(1.0)),
            packet_loss_ratio: loss_ratio(self.packets, self.lost),
            nack_count: is_long.then_some(self.nacks),
            pli_count: is_long.then_some(self.plis),
            jitter_buffer_delay: mean(self.delay, self.emitted),
            ..ReceivedVideo::default()
        }
    }
}

#[derive(Default)]
struct AudioSum {
    seconds: f64,
    bytes: u64,
    packets: u64,
    lost: i64,
    concealed: u64,
    samples: u64,
    delay: f64,
    emitted: u64,
    energy: f64,
    duration: f64,
}

impl AudioSum {
    fn add(&mut self, from: &AudioReceived, to: &AudioReceived) {
        self.seconds += (to.timestamp - from.timestamp) / 1e3;
        self.bytes += to.bytes_received - from.bytes_received;
        self.packets += to.packets_received.saturating_sub(from.packets_received);
        self.lost += to.packets_lost - from.packets_lost;
        self.concealed += to.concealed_samples.saturating_sub(from.concealed_samples);
        self.samples += to.total_samples_received.saturating_sub(from.total_samples_received);
        self.delay += (to.jitter_buffer_delay - from.jitter_buffer_delay).max(0.0);
        self.emitted += to.jitter_buffer_emitted_count.saturating_sub(from.jitter_buffer_emitted_count);
        self.energy += (to.total_audio_energy - from.total_audio_energy).max(0.0);
        self.duration += (to.total_samples_duration - from.total_samples_duration).max(0.0);
    }

    fn received(self) -> ReceivedAudio {
        let is_long = self.seconds >= MIN_SECONDS;
        ReceivedAudio {
            bitrate: is_long.then(|| self.bytes as f64 * 8.0 / self.seconds),
            packet_loss_ratio: loss_ratio(self.packets, self.lost),
            concealed_samples_ratio: (self.samples > 0).then(|| self.concealed as f64 / self.samples as f64),
            jitter_buffer_delay: mean(self.delay, self.emitted),
            level: (self.duration > 0.0).then(|| (self.energy / self.duration).sqrt().min(1.0)),
            ..ReceivedAudio::default()
        }
    }
}

/// Returns the share of packets lost. Duplicates can make the loss negative (RFC 3550).
fn loss_ratio(packets: u64, lost: i64) -> Option<f64> {
    let lost = lost.max(0) as f64;
    (packets > 0).then(|| lost / (packets as f64 + lost))
}

fn mean(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Samples of video at 30 frames/s, one a second, with these seconds without a frame. Chrome counts `counted`
    /// seconds of freezes when frames come again.
    fn samples(seconds: u64, silent: std::ops::Range<u64>, counted: f64) -> Vec<SubscriptionSample> {
        let (mut frames, mut frozen) = (30, 0.0);
        let sample = |second: u64| {
            if second > 0 && !silent.contains(&(second - 1)) {
                frames += 30;
            }
            if second > 0 && second - 1 == silent.end {
                frozen = counted;
            }
            let video = VideoReceived {
                timestamp: second as f64 * 1e3,
                frames_decoded: frames,
                total_freezes_duration: frozen,
                freeze_count: u64::from(frozen > 0.0),
                ..VideoReceived::default()
            };
            SubscriptionSample {
                participant: "bob".to_owned(),
                publisher: "alice".to_owned(),
                stream: "camera".to_owned(),
                at: second as f64,
                video: Some(video),
                audio: None,
                presented: None,
                perceived: None,
            }
        };
        (0..=seconds).map(sample).collect()
    }

    fn freezes(samples: &[SubscriptionSample]) -> (Option<u64>, f64) {
        let samples: Vec<_> = samples.iter().collect();
        let received = video(&samples, |_, _| true);
        (received.freeze_count, received.freeze_ratio.expect("a ratio"))
    }

    #[test]
    fn a_freeze_counts_once_whether_or_not_chrome_counts_it() {
        assert_eq!(freezes(&samples(20, 5..13, 8.0)), (Some(1), 0.4));
        assert_eq!(freezes(&samples(20, 5..13, 0.0)), (Some(1), 0.4));
        assert_eq!(freezes(&samples(20, 12..20, 0.0)), (Some(1), 0.4), "until the end");
        assert_eq!(freezes(&samples(20, 5..7, 0.0)), (Some(0), 0.0), "a still screen");
        assert_eq!(freezes(&samples(20, 0..0, 0.0)), (Some(0), 0.0));
    }

    #[test]
    fn time_without_video_is_no_freeze() {
        let samples = samples(20, 5..13, 0.0);
        let samples: Vec<_> = samples.iter().collect();
        let received = video(&samples, |from, to| to <= 5.0 || from >= 13.0);
        assert_eq!((received.freeze_count, received.freeze_ratio), (Some(0), Some(0.0)));
    }
}
