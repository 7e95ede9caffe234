//! Values as TOML text, and the likely meaning of values of the wrong kind, for advice.

use super::node::{Node, NodeValue};
use precall_netem::units::{Bitrate, UnitError};

/// Returns a text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = text.chars().all(|c| !c.is_control() && c != '\'');
    if text.contains(['"', '\\']) && is_plain { format!("'{text}'") } else { format!("{text:?}") }
}

/// Returns the integer that a value of another kind means.
pub(super) fn integer(node: &Node) -> Option<i64> {
    let number = match &node.value {
        NodeValue::Text(text) => {
            let text = text.trim();
            let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace() || c == '×');
            digits.replace('_', "").parse().ok()?
        }
        NodeValue::Float(number) => *number,
        _ => return None,
    };
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

/// Returns the boolean that a value of another kind means.
pub(super) fn boolean(node: &Node) -> Option<bool> {
    match &node.value {
        NodeValue::Text(text) => truth(text),
        NodeValue::Integer(1) => Some(true),
        NodeValue::Integer(0) => Some(false),
        _ => None,
    }
}

/// Returns the boolean that a word means.
pub(super) fn truth(word: &str) -> Option<bool> {
    match word.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "1" | "enabled" | "ok" => Some(true),
        "false" | "no" | "off" | "n" | "0" | "disabled" => Some(false),
        _ => None,
    }
}

/// Returns the text that a plain value of another kind means. `written` is its text in the file.
pub(super) fn text(node: &Node, written: &str) -> Option<String> {
    match &node.value {
        NodeValue::Integer(_) | NodeValue::Float(_) | NodeValue::Boolean(_) if !written.is_empty() => {
            Some(written.to_owned())
        }
        NodeValue::Array(nodes) => match nodes.as_slice() {
            [Node { value: NodeValue::Text(text), .. }] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Returns the number of a value without a unit.
pub(super) fn bare_number(node: &Node) -> Option<f64> {
    match &node.value {
        NodeValue::Integer(number) => Some(*number as f64),
        NodeValue::Float(number) => Some(*number),
        NodeValue::Text(text) => text.trim().replace('_', "").parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite() && *number >= 0.0)
}

/// Adds the likely unit to a number at a key with this `example`: 8 is `8 s` of a timeout and `8 ms` of a delay.
pub(super) fn with_unit(number: f64, example: &str) -> Option<String> {
    let unit = example.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
    Some(match unit {
        // A delay below one is probably in seconds.
        "ms" if number > 0.0 && number < 1.0 => format!("{} ms", rounded(number * 1e3)),
        "s" if number >= 100.0 => format!("{} s", rounded(number / 1e3)),
        "ms" | "s" => format!("{number} {unit}"),
        // A share below one is probably a fraction.
        "%" if number > 0.0 && number < 1.0 => format!("{} %", rounded(number * 100.0)),
        "%" => format!("{number} %"),
        "kbit/s" if number > 0.0 && number < 20.0 => format!("{number} Mbit/s"),
        "kbit/s" if number < 20_000.0 => format!("{number} kbit/s"),
        "kbit/s" => Bitrate::from_bits_per_second(number as u64).to_string(),
        _ => return None,
    })
}

/// Formats a number without floating-point error.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}

/// Corrects the text of a quantity until `read` accepts it.
pub(super) fn quantity<T>(text: &str, example: &str, read: impl Fn(&str) -> Result<T, UnitError>) -> Option<String> {
    // A decimal comma and an unknown unit may come together.
    const MOST: usize = 4;
    let mut text = text.trim().to_owned();
    for _ in 0..MOST {
        let error = match read(&text) {
            Ok(_) => return Some(text),
            Err(error) => error,
        };
        let number = text.replace('_', "").parse::<f64>().ok().filter(|number| *number >= 0.0 && number.is_finite());
        text = error.instead.or_else(|| with_unit(number?, example))?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_netem::units::{Ratio, parse_duration};

    #[test]
    fn numbers_get_the_likely_unit() {
        for (number, example, wanted) in [
            (80.0, "80 ms", "80 ms"),
            (0.08, "80 ms", "80 ms"),
            (8.0, "20 s", "8 s"),
            (8000.0, "20 s", "8 s"),
            (2.0, "2 %", "2 %"),
            (0.02, "2 %", "2 %"),
            (400.0, "400 kbit/s", "400 kbit/s"),
            (1.5, "400 kbit/s", "1.5 Mbit/s"),
            (400_000.0, "400 kbit/s", "400 kbit/s"),
        ] {
            assert_eq!(with_unit(number, example).as_deref(), Some(wanted), "{number} {example}");
        }
        assert_eq!(with_unit(5.0, "denied"), None);
    }

    #[test]
    fn quantities_are_corrected() {
        let duration = |text: &str| quantity(text, "20 s", parse_duration);
        assert_eq!(duration("8 sec").as_deref(), Some("8 s"));
        assert_eq!(duration("8,5 Sec").as_deref(), Some("8.5 s"));
        assert_eq!(duration("8").as_deref(), Some("8 s"));
        assert_eq!(duration("soon"), None);
        let share = |text: &str| quantity(text, "2 %", str::parse::<Ratio>);
        assert_eq!(share("120 percent").as_deref(), Some("100 %"));
        assert_eq!(share("0.02").as_deref(), Some("2 %"));
    }

    #[test]
    fn texts_are_quoted() {
        for text in ["a", "a \"b\"", "C:\\b", "it's \\", "tab\t", ""] {
            let parsed = toml_span::parse(&format!("a = {}", quoted(text))).map(|mut root| {
                root.pointer_mut("/a").and_then(|value| value.take_string(None).ok()).unwrap_or_default().into_owned()
            });
            assert_eq!(parsed.ok().as_deref(), Some(text));
        }
    }
}
