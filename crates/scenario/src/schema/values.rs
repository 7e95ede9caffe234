//! The schemas of the kinds of values.

use serde_json::{Map, Value, json};

/// The pattern of a number in front of a unit.
const NUMBER: &str = r"\+?[0-9._]+\s*";

/// Adds a description to a schema.
fn described(description: &str, schema: Value) -> Value {
    let mut schema = schema;
    if let Value::Object(map) = &mut schema {
        map.insert("description".to_owned(), description.into());
    }
    schema
}

/// Returns the schema of any text.
pub(crate) fn text(description: &str) -> Value {
    described(description, json!({ "type": "string" }))
}

/// Returns the schema of a text that matches a regular expression.
pub(super) fn pattern(description: &str, pattern: &str) -> Value {
    described(description, json!({ "type": "string", "pattern": pattern }))
}

/// Returns the schema of `true` and `false`.
pub(super) fn boolean(description: &str) -> Value {
    described(description, json!({ "type": "boolean" }))
}

/// Returns the schema of an integer in a range.
pub(crate) fn integer(description: &str, least: u64, most: Option<u64>) -> Value {
    let mut schema = json!({ "type": "integer", "minimum": least });
    if let Some(most) = most {
        schema["maximum"] = most.into();
    }
    described(description, schema)
}

/// Returns the schema of one of several words.
pub(crate) fn choice(description: &str, words: &[&str]) -> Value {
    described(description, json!({ "type": "string", "enum": words }))
}

/// Marks the schema of a key that has a new name.
pub(super) fn deprecated(mut schema: Value) -> Value {
    schema["deprecated"] = true.into();
    schema
}

/// Returns the schema of any text, with suggestions.
pub(super) fn suggested(description: &str, words: &[String]) -> Value {
    described(description, json!({ "anyOf": [{ "type": "string", "enum": words }, { "type": "string" }] }))
}

/// Returns the schema of a duration such as `80 ms`.
pub(super) fn duration(description: &str) -> Value {
    pattern(description, &format!(r"^\s*{DURATION}\s*$"))
}

/// The pattern of a duration.
pub(super) const DURATION: &str = r"\+?[0-9._]+\s*(us|µs|ms|s|min)";

/// Returns the schema of a share such as `2 %`.
pub(super) fn share(description: &str) -> Value {
    pattern(description, &format!(r"^\s*{NUMBER}%\s*$"))
}

/// Returns the schema of a rate such as `400 kbit/s`, or a word.
pub(super) fn rate(description: &str, word: &str) -> Value {
    pattern(description, &format!(r"^(\s*{RATE}\s*|{word})$"))
}

/// The pattern of a rate.
pub(super) const RATE: &str = r"\+?[0-9._]+\s*[kMG]?bit/s";

/// Returns the schema of a queue such as `300 ms` or `64 kB`.
pub(super) fn queue(description: &str) -> Value {
    pattern(description, &format!(r"^\s*{NUMBER}(us|µs|ms|s|min|B|kB|MB|KiB|MiB)\s*$"))
}

/// Returns the schema of values that match one of several schemas.
pub(super) fn any(description: &str, schemas: &[Value]) -> Value {
    described(description, json!({ "anyOf": schemas }))
}

/// Returns the schema of a table with exactly these keys, all optional.
pub(super) fn table(description: &str, keys: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let keys: Map<String, Value> = keys.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
    described(description, json!({ "type": "object", "properties": keys, "additionalProperties": false }))
}

/// Returns the schema of a table or a list of tables. In a list each table must have the key `needed`; a single table
/// can get it from the table over which it is merged.
pub(super) fn tables(description: &str, table: Value, needed: &str) -> Value {
    let mut item = table.clone();
    item["required"] = json!([needed]);
    any(description, &[table, json!({ "type": "array", "items": item })])
}

/// Returns a reference to a definition.
pub(super) fn reference(description: &str, name: &str) -> Value {
    described(description, json!({ "$ref": format!("#/$defs/{name}") }))
}
