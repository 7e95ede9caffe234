//! The value with which a metric is compared.

use crate::suggest::{choices, closest};
use crate::{sizes, written};
use precall_netem::units::{UnitError, parse_duration};
use precall_results::ExpectedValue;
use precall_results::MetricKind;

/// Returns the number by which values of the same kind are ordered.
pub(crate) fn size(value: &ExpectedValue) -> f64 {
    match value {
        ExpectedValue::Number(number) | ExpectedValue::Seconds(number) => *number,
        ExpectedValue::Ratio(ratio) => ratio.get(),
        ExpectedValue::Bitrate(rate) => rate.bits_per_second() as f64,
        ExpectedValue::Resolution { width, height } => f64::from(*width) * f64::from(*height),
        ExpectedValue::Boolean(_) | ExpectedValue::Text(_) => 0.0,
    }
}

/// Parses a value of a kind.
pub(super) fn value(kind: MetricKind, text: &str) -> Result<ExpectedValue, UnitError> {
    match kind {
        MetricKind::Boolean => boolean(text).map(ExpectedValue::Boolean),
        MetricKind::Number => number(text).map(ExpectedValue::Number),
        MetricKind::Ratio => quantity(kind, text, str::parse).map(ExpectedValue::Ratio),
        MetricKind::Bitrate => quantity(kind, text, str::parse).map(ExpectedValue::Bitrate),
        MetricKind::Time => quantity(kind, text, parse_duration).map(|time| ExpectedValue::Seconds(time.as_secs_f64())),
        MetricKind::Resolution => resolution(text),
        MetricKind::Text => Ok(ExpectedValue::Text(text.to_owned())),
        MetricKind::Word(words) if words.contains(&text) => Ok(ExpectedValue::Text(text.to_owned())),
        MetricKind::Word(words) => {
            let reason = format!("{text:?} is not one of {}", words.join(", "));
            Err(match closest(text, words) {
                Some(word) => UnitError::corrected(reason, word),
                None => UnitError::new(reason, choices(words)),
            })
        }
    }
}

fn quantity<T>(kind: MetricKind, text: &str, read: impl Fn(&str) -> Result<T, UnitError>) -> Result<T, UnitError> {
    read(text).map_err(|error| corrected(error, written::quantity(text, kind.quantity(), &read)))
}

/// Returns the error of a time that selects a part of the test.
pub(super) fn of_time(text: &str, error: UnitError) -> UnitError {
    corrected(error, written::quantity(text, "10 s", parse_duration))
}

fn corrected(error: UnitError, meant: Option<String>) -> UnitError {
    match meant {
        Some(meant) => UnitError::corrected(error.reason, meant),
        None => error,
    }
}

fn boolean(text: &str) -> Result<bool, UnitError> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => {
            let reason = format!("{text:?} is neither true nor false");
            Err(match written::truth(text) {
                Some(meant) => UnitError::corrected(reason, meant.to_string()),
                None => UnitError::new(reason, "write true or false"),
            })
        }
    }
}

fn number(text: &str) -> Result<f64, UnitError> {
    let read = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    if let Some(number) = read(text) {
        return Ok(number);
    }
    let reason = format!("{text:?} is not a number");
    // `3,5`, `30 fps`, `3.4/5`.
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'))).unwrap_or(text.len());
    let meant = text[..end].replace(',', ".");
    Err(match read(&meant) {
        Some(_) => UnitError::corrected(reason, meant),
        None => UnitError::new(reason, "write a number without a unit, such as \">= 3.4\""),
    })
}

fn resolution(text: &str) -> Result<ExpectedValue, UnitError> {
    if let Some((width, height)) = sizes::parse(text) {
        return Ok(ExpectedValue::Resolution { width, height });
    }
    let reason = format!("{text:?} is not a resolution");
    Err(match sizes::meant(text) {
        Some(meant) => UnitError::corrected(reason, meant),
        None => UnitError::new(reason, "write a width and a height, such as \">= 640x480\""),
    })
}
