//! Intervals between samples, and the window at the end that figures are taken over.

use super::number::{known, known_loss};
use precall_results::Sample;

/// How far back the window reaches from the last sample, in ms.
const WINDOW_MS: f64 = 5000.0;

/// A track's cumulative counters at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// When it was taken, in ms.
    pub timestamp: f64,
    /// Bytes that the publisher sent so far; `None` when unknown.
    pub sent: Option<f64>,
    /// Bytes received so far.
    pub bytes: f64,
    /// Packets received so far.
    pub received: f64,
    /// Packets lost so far.
    pub lost: f64,
}

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
    /// Bytes that the publisher sent in it; `None` when unknown.
    pub sent: Option<f64>,
}

impl Interval {
    /// Between two readings. `None` when no time passed, a counter went back, or one is no count: nothing can be said
    /// then.
    pub fn between(from: Reading, to: Reading) -> Option<Self> {
        let seconds = (to.timestamp - from.timestamp) / 1e3;
        let interval = Self {
            seconds,
            bytes: growth(from.bytes, to.bytes)?,
            received: growth(from.received, to.received)?,
            lost: (known_loss(to.lost)? - known_loss(from.lost)?).max(0.0),
            sent: from.sent.zip(to.sent).and_then(|(from, to)| growth(from, to)),
        };
        (seconds > 0.0 && interval.bits_per_second().is_finite()).then_some(interval)
    }

    /// Whether nothing of the track arrived, not even the knowledge that something was lost.
    pub fn is_empty(&self) -> bool {
        self.bytes <= 0.0 && self.received + self.lost <= 0.0
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

/// By how much a cumulative counter grew; `None` when it went back, or is unknown at either end.
fn growth(from: f64, to: f64) -> Option<f64> {
    let (from, to) = (known(from)?, known(to)?);
    (to >= from).then_some(to - from)
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
