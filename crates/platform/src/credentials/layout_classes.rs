//! The layout classes that a token gives its bearer's streams.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Reads `initial_layout_class_list` of a JWT: text as [`of_text`] takes it, or a list of texts. Anything else is none.
pub(super) fn of_json(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => of_text(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).flat_map(of_text).collect(),
        _ => Vec::new(),
    }
}

/// Reads a list as text. Most server SDKs join the names with spaces, Go's with commas, and PHP's encodes the whole as
/// a URL has it, also inside a JWT, where nothing else is.
pub(super) fn of_text(text: &str) -> Vec<String> {
    let spaced = text.replace('+', " ");
    let names = percent_decode_str(&spaced).decode_utf8_lossy();
    names.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_encoding_gives_the_same_list() {
        for value in [json!("focus full"), json!("focus,full"), json!("focus+full"), json!("focus%20full")] {
            assert_eq!(of_json(&value), ["focus", "full"], "{value}");
        }
        assert_eq!(of_json(&json!(["focus", "full"])), ["focus", "full"]);
        assert_eq!(of_text("focus"), ["focus"]);
        assert_eq!(of_text("a&b"), ["a&b"]);
        for nothing in [json!(""), json!(null), json!([]), json!(7)] {
            assert!(of_json(&nothing).is_empty(), "{nothing}");
        }
    }
}
