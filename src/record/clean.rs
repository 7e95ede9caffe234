//! Texts that are read back from files are cleaned before they are shown: pages write what they like, and files can be
//! changed.

use serde_json::Value;

use precall_results::RunResult;
use precall_support::secrets::{may_hold_secret, redact};
use precall_support::text::{self, Printable};

/// `text` without secrets, and without characters that would steer a terminal or turn a line around.
pub(super) fn clean_text(text: &str) -> String {
    redact(text).chars().map(|c| if is_control(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A result as it may be shown in a terminal: what a page said in it is cleaned, and each text is one line.
pub fn cleaned(result: &RunResult) -> RunResult {
    let Ok(mut value) = serde_json::to_value(result) else { return result.clone() };
    clean_value(&mut value);
    flatten(&mut value);
    // Nothing but texts has changed, so it is still a result, unless it held a number that JSON has not.
    serde_json::from_value(value).unwrap_or_else(|_| result.clone())
}

/// Controls but line end and tab.
fn is_control(c: char) -> bool {
    c != '\n' && c != '\t' && text::is_control(c)
}

/// Whether a text may be another once it is clean; of a long run's texts hardly any is.
fn may_change(text: &str) -> bool {
    may_hold_secret(text) || text.chars().any(is_control)
}

/// Makes every text one line.
fn flatten(value: &mut Value) {
    match value {
        Value::String(text) if text.contains(['\n', '\t']) => *text = Printable::line(text).to_string(),
        Value::Array(values) => values.iter_mut().for_each(flatten),
        Value::Object(members) => members.values_mut().for_each(flatten),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Cleans every text in `value`, the names of its members included.
pub fn clean_value(value: &mut Value) {
    match value {
        Value::String(text) if may_change(text) => *text = clean_text(text),
        Value::Array(values) => values.iter_mut().for_each(clean_value),
        Value::Object(members) if !members.keys().any(|name| may_change(name)) => {
            members.values_mut().for_each(clean_value);
        }
        Value::Object(members) => {
            let all = std::mem::take(members);
            members.extend(all.into_iter().map(|(name, mut value)| {
                clean_value(&mut value);
                (clean_text(&name), value)
            }));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        let text = include_str!("../../tests/fixtures/results.json");
        let mut result: RunResult = serde_json::from_str(text).expect("a recorded result");
        assert_eq!(cleaned(&result), result);
        result.cases[0].reasons = vec!["\u{1b}]0;title\u{7}\nclean: passed".to_owned()];
        assert_eq!(cleaned(&result).cases[0].reasons, ["\u{fffd}]0;title\u{fffd} clean: passed"]);
    }

    #[test]
    fn nested_texts_are_cleaned() {
        let mut value = serde_json::json!({ "T1==abc": ["a\u{1b}[31mb", { "x": "line\none\u{202e}two" }], "n": 1 });
        clean_value(&mut value);
        assert_eq!(
            value,
            serde_json::json!({ "[redacted]": ["a\u{fffd}[31mb", { "x": "line\none\u{fffd}two" }], "n": 1 })
        );
    }
}
