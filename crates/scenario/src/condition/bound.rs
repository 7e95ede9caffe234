//! An operator with a value, and ranges of values.

use super::Wrong;
use super::value::{size, value};
use precall_netem::units::UnitError;
use precall_results::MetricKind;
use precall_results::{ExpectedValue, Operator};

/// The operators. A longer one comes before its prefix.
const OPERATORS: [(&str, Operator); 6] = [
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    (">", Operator::Greater),
    ("<", Operator::Less),
];

/// Other ways to write an operator, with the operator itself. A longer one comes before its prefix.
const MEANT: [(&str, &str); 26] = [
    ("===", "=="),
    ("=>", ">="),
    ("=<", "<="),
    ("> =", ">="),
    ("< =", "<="),
    ("! =", "!="),
    ("≥", ">="),
    ("≤", "<="),
    ("≠", "!="),
    ("<>", "!="),
    ("=", "=="),
    ("greater than", ">"),
    ("more than", ">"),
    ("less than", "<"),
    ("fewer than", "<"),
    ("minimum", ">="),
    ("maximum", "<="),
    ("above", ">"),
    ("below", "<"),
    ("under", "<"),
    ("over", ">"),
    ("min", ">="),
    ("max", "<="),
    ("up to", "<="),
    ("not", "!="),
    ("equals", "=="),
];

/// Returns whether the text begins with an operator.
pub(super) fn begins_with_operator(text: &str) -> bool {
    OPERATORS.iter().any(|(sign, _)| text.starts_with(sign))
}

/// Parses an operator and a value.
pub(super) fn bound(kind: MetricKind, text: &str) -> Result<(Operator, ExpectedValue), Wrong<'_>> {
    // An expected text can be any text, without an operator.
    if let Some(wrong) = Some(text).filter(|_| kind != MetricKind::Text).and_then(wrong_operator) {
        return Err(wrong);
    }
    let (operator, rest) = OPERATORS
        .iter()
        .find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?.trim())))
        .unwrap_or((Operator::Equal, text));
    let has_order = !matches!(kind, MetricKind::Boolean | MetricKind::Text | MetricKind::Word(_));
    if !has_order && !matches!(operator, Operator::Equal | Operator::NotEqual) {
        let error = UnitError::corrected(format!("{text:?} compares values that have no order"), format!("== {rest}"));
        return Err(Wrong::new(error, text));
    }
    let value = value(kind, rest).map_err(|error| Wrong::new(error, rest))?;
    Ok((operator, value))
}

/// Replaces an operator of another language, or an operator in words.
fn wrong_operator(text: &str) -> Option<Wrong<'_>> {
    let lower = text.to_lowercase();
    let is_word = |meant: &str| meant.starts_with(char::is_alphabetic);
    let found = MEANT.iter().find(|(meant, _)| {
        let Some(rest) = lower.strip_prefix(meant) else { return false };
        // `=` is a prefix of `==`, and `min` is a prefix of other words.
        if is_word(meant) { rest.starts_with([' ', ':']) } else { *meant != "=" || !rest.starts_with('=') }
    });
    let (meant, operator) = found?;
    // The length of a letter can depend on its case.
    let part = text.get(..meant.len()).filter(|part| part.to_lowercase() == *meant)?;
    let reason = format!("{part:?} is not an operator");
    let rest = text[part.len()..].trim_start_matches([' ', ':']);
    Some(Wrong::new(UnitError::corrected(reason, format!("{operator} {rest}")), text))
}

/// Parses `300..500 kbit/s`. Both bounds belong to the range.
pub(super) fn range<'t>(
    kind: MetricKind,
    text: &'t str,
    low: &'t str,
    high: &'t str,
) -> Result<Vec<(Operator, ExpectedValue)>, Wrong<'t>> {
    let (low, high) = (low.trim(), high.trim());
    let unit = high.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let has_unit = !low.ends_with(|c: char| c.is_ascii_digit()) || kind == MetricKind::Resolution;
    let upper = value(kind, high).map_err(|error| Wrong::new(error, high))?;
    let lower = match has_unit {
        true => value(kind, low),
        false => value(kind, &format!("{low}{unit}")),
    };
    // A value that the parser put together is not in the text.
    let lower = lower.map_err(|error| Wrong::new(if has_unit { error } else { no_fix(error) }, low))?;
    if size(&lower) > size(&upper) {
        let error =
            UnitError::corrected("the range has its bounds in the wrong order", swapped(low, high, unit, has_unit));
        return Err(Wrong::new(error, text));
    }
    Ok(vec![(Operator::GreaterOrEqual, lower), (Operator::LessOrEqual, upper)])
}

fn no_fix(error: UnitError) -> UnitError {
    UnitError { instead: None, ..error }
}

/// Swaps the bounds of a range. A unit that both bounds share stays at the end.
fn swapped(low: &str, high: &str, unit: &str, has_unit: bool) -> String {
    match has_unit {
        true => format!("{high}..{low}"),
        false => format!("{}..{low}{unit}", high.strip_suffix(unit).unwrap_or(high)),
    }
}
