//! The kinds of values that keys have, as schemas.

use serde_json::{Map, Value, json};

/// A number in front of a unit.
const NUMBER: &str = r"\+?[0-9._]+\s*";

/// A schema with its description.
fn described(description: &str, schema: Value) -> Value {
    let mut schema = schema;
    if let Value::Object(map) = &mut schema {
        map.insert("description".to_owned(), description.into());
    }
    schema
}

/// Any text.
pub(super) fn text(description: &str) -> Value {
    described(description, json!({ "type": "string" }))
}

/// Text that looks so, as a regular expression has it.
pub(super) fn pattern(description: &str, pattern: &str) -> Value {
    described(description, json!({ "type": "string", "pattern": pattern }))
}

/// `true` or `false`.
pub(super) fn boolean(description: &str) -> Value {
    described(description, json!({ "type": "boolean" }))
}

/// A whole number between two.
pub(super) fn integer(description: &str, least: u64, most: Option<u64>) -> Value {
    let mut schema = json!({ "type": "integer", "minimum": least });
    if let Some(most) = most {
        schema["maximum"] = most.into();
    }
    described(description, schema)
}

/// One of some words.
pub(super) fn choice(description: &str, words: &[&str]) -> Value {
    described(description, json!({ "type": "string", "enum": words }))
}

/// Any text, some of which is worth offering.
pub(super) fn suggested(description: &str, words: &[String]) -> Value {
    described(description, json!({ "anyOf": [{ "type": "string", "enum": words }, { "type": "string" }] }))
}

/// `80 ms`.
pub(super) fn duration(description: &str) -> Value {
    pattern(description, &format!(r"^\s*{DURATION}\s*$"))
}

/// A duration within a pattern.
pub(super) const DURATION: &str = r"\+?[0-9._]+\s*(us|µs|ms|s|min)";

/// `2 %`.
pub(super) fn share(description: &str) -> Value {
    pattern(description, &format!(r"^\s*{NUMBER}%\s*$"))
}

/// `400 kbit/s`, or a word.
pub(super) fn rate(description: &str, word: &str) -> Value {
    pattern(description, &format!(r"^(\s*{RATE}\s*|{word})$"))
}

/// A rate within a pattern.
pub(super) const RATE: &str = r"\+?[0-9._]+\s*[kMG]?bit/s";

/// `300 ms` or `64 kB`.
pub(super) fn queue(description: &str) -> Value {
    pattern(description, &format!(r"^\s*{NUMBER}(us|µs|ms|s|min|B|kB|MB|KiB|MiB)\s*$"))
}

/// One of several schemas.
pub(super) fn any(description: &str, schemas: &[Value]) -> Value {
    described(description, json!({ "anyOf": schemas }))
}

/// A table with these keys and no other.
pub(super) fn table(description: &str, keys: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let keys: Map<String, Value> = keys.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
    described(description, json!({ "type": "object", "properties": keys, "additionalProperties": false }))
}

/// A table, or a list of them, in which each has the key `needed`. A single one may be laid over another that has it.
pub(super) fn tables(description: &str, table: Value, needed: &str) -> Value {
    let mut item = table.clone();
    item["required"] = json!([needed]);
    any(description, &[table, json!({ "type": "array", "items": item })])
}

/// What a definition says.
pub(super) fn reference(description: &str, name: &str) -> Value {
    described(description, json!({ "$ref": format!("#/$defs/{name}") }))
}
