//! A number and its unit.

use super::UnitError;

/// Splits `"400 kbit/s"` into 400 and `kbit/s`. `example` is put into errors.
pub(super) fn split<'a>(text: &'a str, what: &str, example: &str) -> Result<(f64, &'a str), UnitError> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '_'))).unwrap_or(text.len());
    let (number, unit) = (text[..end].replace('_', ""), text[end..].trim());
    let value: f64 = number
        .parse()
        .map_err(|_| UnitError(format!("{text:?} is not {what}; write a number with a unit, such as {example:?}")))?;
    if !value.is_finite() || value < 0.0 {
        return Err(UnitError(format!("{text:?} is negative; {what} is at least zero, such as {example:?}")));
    }
    if unit.is_empty() {
        return Err(UnitError(format!("{text:?} has no unit; write it with one, such as {example:?}")));
    }
    Ok((value, unit))
}

/// `value` times `factor` as a whole number. `what` is put into errors.
pub(super) fn whole(value: f64, factor: f64, what: &str) -> Result<u64, UnitError> {
    let product = (value * factor).round();
    // Beyond 2^53 a float no longer holds every whole number; no quantity here comes near it.
    if product > 9_007_199_254_740_992.0 {
        return Err(UnitError(format!("{value} is more than {what} can be")));
    }
    Ok(product as u64)
}
