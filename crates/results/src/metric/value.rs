//! Values of metrics.

use std::time::Duration;

use precall_netem::units::{Bitrate, Ratio};

/// A measured value of a metric.
#[derive(Debug, Clone, PartialEq)]
pub enum MetricValue {
    /// True or false.
    Boolean(bool),
    /// A finite number in the metric's own unit: bit/s, seconds, a share of 1, a MOS, frames per second, a count.
    Number(f64),
    /// A text, a word, or a resolution such as `640x480`.
    Text(String),
}

impl MetricValue {
    /// Returns the value as a number: true is 1 and false is 0; `None` for text.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Boolean(value) => Some(f64::from(u8::from(*value))),
            Self::Number(value) => Some(*value),
            Self::Text(_) => None,
        }
    }
}

/// Wraps a number; `None` if there is none or it is not finite.
pub(super) fn number(value: Option<f64>) -> Option<MetricValue> {
    value.filter(|value| value.is_finite()).map(MetricValue::Number)
}

/// Wraps a bitrate, in bit/s.
pub(super) fn rate(value: Option<Bitrate>) -> Option<MetricValue> {
    number(value.map(|rate| rate.bits_per_second() as f64))
}

/// Wraps a share.
pub(super) fn share(value: Option<Ratio>) -> Option<MetricValue> {
    number(value.map(Ratio::get))
}

/// Wraps a time, in seconds.
pub(super) fn time(value: Option<Duration>) -> Option<MetricValue> {
    number(value.map(|time| time.as_secs_f64()))
}

/// Wraps a text.
pub(super) fn text(value: &str) -> Option<MetricValue> {
    Some(MetricValue::Text(value.to_owned()))
}
