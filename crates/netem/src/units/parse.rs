//! The number and the unit of a quantity.

use super::UnitError;

/// Splits `"400 kbit/s"` into 400 and `kbit/s`. Errors contain `example`.
pub(super) fn split<'a>(text: &'a str, what: &str, example: &str) -> Result<(f64, &'a str), UnitError> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '_'))).unwrap_or(text.len());
    let (number, unit) = (text[..end].replace('_', ""), text[end..].trim());
    let write = || format!("write a number with a unit, such as {example:?}");
    let value: f64 = number.parse().map_err(|_| UnitError::new(format!("{text:?} is not {what}"), write()))?;
    if !value.is_finite() || value < 0.0 {
        let reason = format!("{text:?} is negative");
        return Err(UnitError::new(reason, format!("write {what} of at least zero, such as {example:?}")));
    }
    if unit.is_empty() {
        return Err(UnitError::new(format!("{text:?} has no unit"), format!("write it with one, such as {example:?}")));
    }
    let comma = unit.strip_prefix(',').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(fraction) = comma.filter(|_| !number.contains('.')) {
        let reason = format!("{text:?} has a decimal comma");
        return Err(UnitError::corrected(reason, format!("{number}.{fraction}")));
    }
    Ok((value, unit))
}

/// Returns the error of a unit that has another name here. `factor` converts a value from the given unit to `name`.
pub(super) fn renamed(value: f64, unit: &str, what: &str, factor: f64, name: &str) -> UnitError {
    // Nine decimals are more than any user writes, and fewer than floating-point error needs.
    let value = format!("{:.9}", value * factor);
    let value = value.trim_end_matches('0').trim_end_matches('.');
    UnitError::corrected(format!("the unit {unit:?} is not one of {what} here"), format!("{value} {name}"))
}

/// Returns `value` times `factor` as a whole number. Errors contain `what`.
pub(super) fn whole(value: f64, factor: f64, what: &str) -> Result<u64, UnitError> {
    let product = (value * factor).round();
    // Beyond 2^53 an `f64` does not represent every whole number. No quantity here is that large.
    if product > 9_007_199_254_740_992.0 {
        return Err(UnitError::new(format!("{value} is more than {what} can be"), "write less"));
    }
    Ok(product as u64)
}
