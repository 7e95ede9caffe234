//! Corrects numbers, booleans and strings that are not TOML.

use super::correction::{Correction, is_value};
use crate::written::quoted;

/// Corrects a number: a leading zero, a decimal comma, or a missing digit.
pub(super) fn number(value: &str) -> Option<Correction> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(value) && value.starts_with('0') {
        let plain = value.trim_start_matches('0');
        return Some(Correction::new(
            if plain.is_empty() { "0" } else { plain },
            format!("{value} begins with a zero"),
        ));
    }
    let halves = |separator: char| value.split_once(separator);
    if let Some((whole, fraction)) = halves(',').filter(|(whole, fraction)| is_digits(whole) && is_digits(fraction)) {
        return Some(Correction::new(format!("{whole}.{fraction}"), format!("{value} has a decimal comma")));
    }
    let (whole, fraction) = halves('.')?;
    match (whole.is_empty(), fraction.is_empty()) {
        (true, false) if is_digits(fraction) => {
            Some(Correction::new(format!("0.{fraction}"), format!("{value} needs a leading zero")))
        }
        (false, true) if is_digits(whole) => {
            Some(Correction::new(format!("{whole}.0"), format!("{value} needs a digit after the point")))
        }
        _ => None,
    }
}

/// Corrects a boolean with capitals.
pub(super) fn boolean(value: &str) -> Option<Correction> {
    let lower = value.to_lowercase();
    matches!(lower.as_str(), "true" | "false")
        .then(|| Correction::new(lower, format!("{value} is written in lower case")))
}

/// Puts quotes around any other text.
pub(super) fn string(value: &str) -> Option<Correction> {
    let quotes = ['"', '\'', '`'];
    let inner = value.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    if let Some(inner) = inner.filter(|inner| inner.contains('\\') && !inner.contains('\'')) {
        let message = format!("a backslash in {value} begins an escape; single quotes leave it alone");
        return Some(Correction::new(format!("'{inner}'"), message)).filter(|corrected| is_value(&corrected.text));
    }
    // A trailing comma that is not part of the text stays outside the quotes.
    let plain = value.replace(quotes, "");
    let plain = plain.trim();
    if plain.is_empty() {
        return None;
    }
    let text = quoted(plain);
    let count = value.matches(quotes).count();
    let message = match () {
        () if count == 0 => format!("{text} needs quotes"),
        () if value.starts_with('`') => format!("`{}` is not a quote in TOML", '`'),
        () if count % 2 == 1 => format!("`{value}` has a quote on one side only"),
        () if value.starts_with(quotes) && value.ends_with(quotes) => {
            format!("the quotes in `{value}` do not belong together")
        }
        () => format!("{text} needs its quotes around the whole text"),
    };
    Some(Correction::new(text, message)).filter(|corrected| is_value(&corrected.text))
}
