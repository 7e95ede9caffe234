//! Times in tokens: when a token was made, and when it expires.
//!
//! The cloud counts both in whole seconds since the Unix epoch. Server SDKs hand on what an application gave them, so a
//! token may hold a fraction, milliseconds, text or nothing at all. A time that cannot be read refuses the token: to
//! take the default for it would let an expired token in.

use serde_json::Value;

/// The lifetime of a token without an expiry time, in seconds: a day (documentation of the server SDKs).
pub(super) const DEFAULT_LIFETIME_SECONDS: u64 = 24 * 3600;

/// The longest time between a client token's creation and its expiry, in seconds: 30 days (the same documentation).
pub(super) const MAX_LIFETIME_SECONDS: u64 = 30 * 24 * 3600;

/// How far the clock of the server that made a token may be ahead of the platform's, in seconds. Says nothing of
/// expiry: an expired token gets no grace.
pub(super) const CLOCK_LEEWAY_SECONDS: u64 = 300;

/// From here on a number counts milliseconds: as seconds it is in the year 5138, as milliseconds in 1973.
const MILLISECONDS_FROM: f64 = 1e11;

/// A fault of a token's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeFault {
    /// Text that is no number, a truth value, a list, or a number below zero.
    #[error("is not a number of seconds since 1970")]
    NotATime,
    /// Milliseconds, as `Date.now()` counts.
    #[error("is in milliseconds; write seconds")]
    Milliseconds,
    /// A fraction in a T1 token. The cloud refuses it (opentok-node issue 71); a JWT may have one (RFC 7519 section 2).
    #[error("has a fraction; a T1 token takes whole seconds")]
    Fraction,
}

/// Reads the time of a JWT, in seconds since the Unix epoch: a number, with or without a fraction, which is cut off, or
/// a number as text. `None` when it is null or empty.
pub(super) fn of_json(value: &Value) -> Result<Option<u64>, TimeFault> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::String(text) if text.trim().is_empty() => return Ok(None),
        Value::String(text) => number(text)?,
        Value::Number(number) => number.as_f64().ok_or(TimeFault::NotATime)?,
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(TimeFault::NotATime),
    };
    seconds(number).map(Some)
}

/// Reads the time of a T1 token, in seconds since the Unix epoch: a whole number. `None` when it is empty.
pub(super) fn of_text(text: &str) -> Result<Option<u64>, TimeFault> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let number = number(text)?;
    let seconds = seconds(number)?;
    if number.fract() == 0.0 { Ok(Some(seconds)) } else { Err(TimeFault::Fraction) }
}

fn number(text: &str) -> Result<f64, TimeFault> {
    text.trim().parse().map_err(|_| TimeFault::NotATime)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the bounds are checked, and fractions cut off"
)]
fn seconds(number: f64) -> Result<u64, TimeFault> {
    match number {
        number if !number.is_finite() || number < 0.0 => Err(TimeFault::NotATime),
        number if number >= MILLISECONDS_FROM => Err(TimeFault::Milliseconds),
        number => Ok(number as u64),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_in_every_form_of_server_sdks() {
        for value in [json!(1_000), json!(1_000.0), json!(1_000.9), json!("1000"), json!(" 1000.5 "), json!("1e3")] {
            assert_eq!(of_json(&value), Ok(Some(1_000)), "{value}");
        }
        for nothing in [json!(null), json!(""), json!(" ")] {
            assert_eq!(of_json(&nothing), Ok(None), "{nothing}");
        }
        assert_eq!(of_text("1000"), Ok(Some(1_000)));
        assert_eq!(of_text(""), Ok(None));
    }

    #[test]
    fn an_invalid_time_is_named_in_the_error() {
        for value in [json!(true), json!([1]), json!({}), json!(-1), json!("soon"), json!("NaN"), json!("inf")] {
            assert_eq!(of_json(&value), Err(TimeFault::NotATime), "{value}");
        }
        assert_eq!(of_json(&json!(1_795_510_695_000_u64)), Err(TimeFault::Milliseconds));
        assert_eq!(of_json(&json!("1795510695000")), Err(TimeFault::Milliseconds));
        assert_eq!(of_text("1795510695000"), Err(TimeFault::Milliseconds));
        assert_eq!(of_text("1795510695.6"), Err(TimeFault::Fraction));
        for text in ["-1", "soon", "NaN", "infinity", "1,5", "0x10", "1 2"] {
            assert_eq!(of_text(text), Err(TimeFault::NotATime), "{text}");
        }
    }
}
