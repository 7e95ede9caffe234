//! What rows of the table of metrics have in common.

use super::MetricKind as Kind;
use super::row::{Gauge, MetricRow, ReadMetric};
use super::unit::MetricUnit as Unit;

/// The range of both MOS. It ends below the 5 of the scale, since the highest MOS that ITU-T G.107 gives is 4.5.
pub(super) const MOS: Option<(f64, f64)> = Some((1.0, 4.5));
pub(super) const SHARE: Option<(f64, f64)> = Some((0.0, 1.0));
pub(super) const AMOUNT: Option<(f64, f64)> = Some((0.0, f64::INFINITY));
/// Up to the frame rate of the fastest fake camera.
pub(super) const FRAMES: Option<(f64, f64)> = Some((0.0, 60.0));
/// Up to the largest size that OpenTok.js publishes.
pub(super) const PIXELS: Option<(f64, f64)> = Some((0.0, 1920.0 * 1080.0));

/// A row of a kind with nothing else known: an expectation can name it, and it is neither compared nor sampled.
pub(super) const fn row(name: &'static str, kind: Kind) -> MetricRow {
    let (unit, range) = match kind {
        Kind::Ratio => (Unit::Percent, SHARE),
        Kind::Bitrate => (Unit::KilobitsPerSecond, AMOUNT),
        Kind::Time => (Unit::Milliseconds, AMOUNT),
        Kind::Resolution => (Unit::None, PIXELS),
        Kind::Boolean | Kind::Number | Kind::Text | Kind::Word(_) => (Unit::None, None),
    };
    MetricRow {
        name,
        label: name,
        description: "",
        kind,
        unit,
        range,
        more_is_better: None,
        read: ReadMetric::CallOnly,
        call: None,
        is_expected: true,
        is_sampled: false,
        is_of_events: false,
        minimum_effect: None,
        gauge: None,
    }
}

/// A gauge in the metric's own unit.
pub(super) const fn gauge(name: &'static str, unit: Option<&'static str>, help: &'static str) -> Option<Gauge> {
    Some(Gauge { name, unit, help, factor: 1.0 })
}

/// A gauge of a bitrate. Prometheus counts data in bytes, and `promtool check metrics` insists on it.
pub(super) const fn bytes_per_second(name: &'static str, help: &'static str) -> Option<Gauge> {
    Some(Gauge { name, unit: Some("bytes_per_second"), help, factor: 1.0 / 8.0 })
}
