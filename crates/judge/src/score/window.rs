//! Intervals between samples, and the window at the end of a test that figures are taken over.

use super::number::{known, known_loss};
use precall_results::Sample;

/// The length of the window before the last sample, in milliseconds.
pub(crate) const WINDOW_MS: f64 = 5000.0;

/// The cumulative counters of a track at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// The time of the reading, in milliseconds.
    pub timestamp: f64,
    /// Bytes that the publisher has sent; `None` when unknown.
    pub sent: Option<f64>,
    /// Bytes that have been received.
    pub bytes: f64,
    /// Packets that have been received.
    pub received: f64,
    /// Packets that have been lost.
    pub lost: f64,
}

/// The growth of a track's counters between two consecutive samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Interval {
    /// The time between the samples, in seconds.
    pub seconds: f64,
    /// Bytes received in the interval.
    pub bytes: f64,
    /// Packets received in the interval.
    pub received: f64,
    /// Packets lost in the interval; never negative, since a late packet only corrects an earlier interval.
    pub lost: f64,
    /// Bytes that the publisher sent in the interval; `None` when unknown.
    pub sent: Option<f64>,
}

impl Interval {
    /// Returns the interval between two readings; `None` when no time passed, a counter went back, or a value is not a
    /// count.
    pub(super) fn between(from: Reading, to: Reading) -> Option<Self> {
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

    /// Whether no packet of the track arrived, and no loss was reported either.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes <= 0.0 && self.received + self.lost <= 0.0
    }

    /// Returns the received bitrate, in bit/s.
    pub(super) fn bits_per_second(&self) -> f64 {
        self.bytes * 8.0 / self.seconds
    }

    /// Returns the share of packets lost, 0 to 1; `None` when there were no packets.
    pub(super) fn loss_ratio(&self) -> Option<f64> {
        let packets = self.received + self.lost;
        (packets > 0.0).then(|| self.lost / packets)
    }
}

/// Returns the growth of a cumulative counter; `None` when it went back, or is unknown at either end.
fn growth(from: f64, to: f64) -> Option<f64> {
    let (from, to) = (known(from)?, known(to)?);
    (to >= from).then_some(to - from)
}

/// Returns the samples of the window: those at most 5 s older than the last.
pub fn window(samples: &[Sample]) -> &[Sample] {
    let Some(last) = samples.last() else { return samples };
    let begin = samples.iter().position(|sample| sample.timestamp >= last.timestamp - WINDOW_MS).unwrap_or(0);
    &samples[begin..]
}

/// Returns the mean received bitrate of intervals, in bit/s; `None` of no intervals.
pub(super) fn mean_rate(intervals: &[Interval]) -> Option<f64> {
    mean(intervals.iter().map(Interval::bits_per_second))
}

/// Returns the share of packets lost in all intervals together, 0 to 1; 0 when there were no packets, `None` of no
/// intervals.
pub(super) fn loss_ratio(intervals: &[Interval]) -> Option<f64> {
    let (lost, received) = intervals.iter().fold((0.0, 0.0), |(l, r), i| (l + i.lost, r + i.received));
    let packets: f64 = lost + received;
    (!intervals.is_empty()).then(|| if packets > 0.0 { lost / packets } else { 0.0 })
}

/// Returns the mean; `None` of no values.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
