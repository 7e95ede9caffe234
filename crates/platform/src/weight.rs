//! An estimate of the memory that a JSON value takes.

use serde_json::Value;

/// The memory that a value takes besides its text in bytes: that of a map entry, rounded.
const NODE_BYTES: usize = 64;

/// Returns the weight of a value: its texts and names in bytes, and [`NODE_BYTES`] for each value in it. The length as
/// JSON would be a poor estimate: `[[],[],[]]` takes twenty times its length in memory.
pub(crate) fn weight(value: &Value) -> usize {
    // Values that were read are at most 128 deep: serde_json refuses deeper ones.
    NODE_BYTES
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + weight(value)).sum(),
        }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_weighs_something() {
        assert_eq!(weight(&json!(null)), 64);
        assert_eq!(weight(&json!([[], [], []])), 4 * 64);
        assert_eq!(weight(&json!({ "name": "text", "n": 1 })), 3 * 64 + 9);
    }
}
