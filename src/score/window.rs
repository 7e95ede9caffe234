//! Intervals between samples, and the window at the end that figures are taken over.

use super::sample::Sample;

/// How far back the window reaches from the last sample, in ms.
const WINDOW_MS: f64 = 5000.0;

/// Two samples, one after the other, of one track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    /// Seconds between them.
    pub seconds: f64,
    /// Bytes received in it.
    pub bytes: f64,
    /// Packets received in it.
    pub received: f64,
    /// Packets lost in it; never negative, since a late packet only corrects an earlier interval.
    pub lost: f64,
}

impl Interval {
    /// Between two readings of cumulative counters (time in ms, bytes, packets received, packets lost). `None` when no
    /// time passed or a counter went back: nothing can be said then.
    pub fn between(from: (f64, f64, f64, f64), to: (f64, f64, f64, f64)) -> Option<Self> {
        let (seconds, bytes, received) = ((to.0 - from.0) / 1e3, to.1 - from.1, to.2 - from.2);
        let is_sound = seconds > 0.0 && bytes >= 0.0 && received >= 0.0;
        is_sound.then(|| Self { seconds, bytes, received, lost: (to.3 - from.3).max(0.0) })
    }

    /// Received bit/s.
    pub fn bits_per_second(&self) -> f64 {
        self.bytes * 8.0 / self.seconds
    }

    /// Share of packets lost; `None` when there were none at all.
    pub fn loss_ratio(&self) -> Option<f64> {
        let packets = self.received + self.lost;
        (packets > 0.0).then(|| self.lost / packets)
    }
}

/// The samples of the window: those at most 5 s older than the last.
pub fn window(samples: &[Sample]) -> &[Sample] {
    let Some(last) = samples.last() else { return samples };
    let begin = samples.iter().position(|sample| sample.timestamp >= last.timestamp - WINDOW_MS).unwrap_or(0);
    &samples[begin..]
}

/// Mean received bit/s of intervals; `None` of none.
pub(super) fn mean_rate(intervals: &[Interval]) -> Option<f64> {
    mean(intervals.iter().map(Interval::bits_per_second))
}

/// Share of packets lost over intervals together; 0 when there were no packets, `None` of no interval.
pub(super) fn loss_ratio(intervals: &[Interval]) -> Option<f64> {
    let (lost, received) = intervals.iter().fold((0.0, 0.0), |(l, r), i| (l + i.lost, r + i.received));
    let packets: f64 = lost + received;
    (!intervals.is_empty()).then(|| if packets > 0.0 { lost / packets } else { 0.0 })
}

/// The mean; `None` of nothing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
