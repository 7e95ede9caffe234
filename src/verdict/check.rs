//! One expectation held against what was measured.

use std::cmp::Ordering;

use super::finding::{CheckedExpectation, Measured};
use crate::scenario::{Expectation, ExpectedValue, Metric, Operator};

/// A measured value, in the unit of its metric.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Boolean(bool),
    Number(f64),
    Text(String),
}

/// Checks one expectation. Nothing measured never meets anything.
pub(super) fn check(expectation: &Expectation, measured: &Measured) -> CheckedExpectation {
    let value = value_of(expectation.metric, measured);
    let passed = value.as_ref().is_some_and(|value| holds(expectation, value));
    CheckedExpectation {
        wanted: wanted(expectation),
        got: value.map(|value| in_words(expectation.metric, &value)),
        passed,
        expectation: expectation.clone(),
    }
}

/// What was measured of a metric; `None` when nothing was.
pub(super) fn value_of(metric: Metric, measured: &Measured) -> Option<Value> {
    let audio = measured.quality.as_ref().map(|quality| &quality.audio);
    let video = measured.quality.as_ref().map(|quality| &quality.video);
    let number = |value: Option<f64>| value.filter(|value| value.is_finite()).map(Value::Number);
    match metric {
        Metric::ConnectivitySuccess => measured.connectivity.as_ref().map(|result| Value::Boolean(result.success)),
        Metric::ConnectivityFailedTests => measured.connectivity.as_ref().map(|result| {
            let names: Vec<_> = result.failed_tests.iter().map(|test| test.error.name.as_str()).collect();
            Value::Text(names.join(","))
        }),
        Metric::QualityError => measured.quality_error.as_ref().map(|error| Value::Text(error.name.clone())),
        Metric::AudioSupported => audio.map(|audio| Value::Boolean(audio.supported)),
        Metric::AudioMos => number(audio?.mos),
        Metric::AudioBitrate => number(audio?.bitrate),
        Metric::AudioPacketLossRatio => number(audio?.packet_loss_ratio),
        Metric::VideoSupported => video.map(|video| Value::Boolean(video.supported)),
        Metric::VideoReason => video?.reason.clone().map(Value::Text),
        Metric::VideoMos => number(video?.mos),
        Metric::VideoBitrate => number(video?.bitrate),
        Metric::VideoPacketLossRatio => number(video?.packet_loss_ratio),
        Metric::VideoFrameRate => number(video?.frame_rate),
        Metric::VideoRecommendedResolution => video?.recommended_resolution.clone().map(Value::Text),
        Metric::VideoRecommendedFrameRate => number(video?.recommended_frame_rate),
    }
}

fn holds(expectation: &Expectation, value: &Value) -> bool {
    let ordering = match (&expectation.value, value) {
        (ExpectedValue::Boolean(wanted), Value::Boolean(got)) => got.partial_cmp(wanted),
        (ExpectedValue::Number(wanted), Value::Number(got)) => got.partial_cmp(wanted),
        (ExpectedValue::Ratio(wanted), Value::Number(got)) => got.partial_cmp(&wanted.get()),
        (ExpectedValue::Bitrate(wanted), Value::Number(got)) => got.partial_cmp(&(wanted.bits_per_second() as f64)),
        (ExpectedValue::Text(wanted), Value::Text(got)) => Some(got.cmp(wanted)),
        (ExpectedValue::Resolution { width, height }, Value::Text(got)) => {
            pixels(got).map(|(w, h)| match (w, h) == (*width, *height) {
                true => Ordering::Equal,
                // Of two shapes with as many pixels neither is the other.
                false => (u64::from(w) * u64::from(h)).cmp(&(u64::from(*width) * u64::from(*height))),
            })
        }
        _ => None,
    };
    let Some(ordering) = ordering else { return false };
    match expectation.operator {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterOrEqual => ordering.is_ge(),
    }
}

fn pixels(resolution: &str) -> Option<(u32, u32)> {
    let (width, height) = resolution.split_once('x')?;
    Some((width.parse().ok()?, height.parse().ok()?))
}

fn wanted(expectation: &Expectation) -> String {
    let sign = match expectation.operator {
        Operator::Equal => "=",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
    };
    let value = match &expectation.value {
        ExpectedValue::Boolean(value) => value.to_string(),
        ExpectedValue::Number(value) => value.to_string(),
        ExpectedValue::Ratio(value) => value.to_string(),
        ExpectedValue::Bitrate(value) => value.to_string(),
        ExpectedValue::Resolution { width, height } => format!("{width}x{height}"),
        ExpectedValue::Text(value) => format!("{value:?}"),
    };
    format!("{} {sign} {value}", expectation.metric.as_str())
}

/// A value of a metric with its unit.
pub(super) fn in_words(metric: Metric, value: &Value) -> String {
    match (metric, value) {
        (_, Value::Boolean(value)) => value.to_string(),
        (_, Value::Text(value)) => value.clone(),
        (Metric::AudioPacketLossRatio | Metric::VideoPacketLossRatio, Value::Number(value)) => {
            format!("{:.2} %", value * 100.0)
        }
        (Metric::AudioBitrate | Metric::VideoBitrate, Value::Number(value)) => format!("{:.1} kbit/s", value / 1e3),
        (Metric::VideoFrameRate, Value::Number(value)) => format!("{value:.1} frames/s"),
        (Metric::AudioMos | Metric::VideoMos, Value::Number(value)) => format!("{value:.2}"),
        (_, Value::Number(value)) => value.to_string(),
    }
}
