//! The schema of `[matrix]`, derived from the tables whose keys are its axes.

use serde_json::{Map, Value, json};

use super::tables::{module, version};
use super::values::{any, reference};

/// The suffix of definitions of axes.
const AXES: &str = "Axes";

/// Adds the definitions of a matrix: `matrix`, `combination`, and for each of their tables one with axes. `shared` has
/// the keys of a case that can be axes.
pub(super) fn define(definitions: &mut Map<String, Value>, shared: &Map<String, Value>) {
    let axes: Vec<_> =
        definitions.iter().filter_map(|(name, table)| Some((format!("{name}{AXES}"), axes(table)?))).collect();
    definitions.extend(axes);
    let mut keys: Map<String, Value> =
        shared.iter().filter_map(|(key, schema)| Some((key.clone(), axes_of_key(key, schema)?))).collect();
    keys.insert("module".to_owned(), list(&[module()]));
    let combinations = json!({ "$ref": "#/$defs/combination" });
    let combinations = [combinations.clone(), json!({ "type": "array", "items": combinations })];
    keys.insert("include".to_owned(), any("Additional combinations: any keys of a case.", &combinations));
    keys.insert("exclude".to_owned(), any("Excluded combinations.", &combinations));
    let description = "Each case runs once in every combination of the values of its axes.";
    definitions.insert("matrix".to_owned(), object(description, keys));
    let mut keys: Map<String, Value> = shared.clone();
    for (key, _) in shared {
        if let Some(short) = short(key) {
            keys.insert(key.clone(), any(SHORT, &[short, reference(SHORT, key)]));
        }
    }
    keys.insert("module".to_owned(), module());
    definitions.insert("combination".to_owned(), object("One combination.", keys));
}

const SHORT: &str = "An axis, or the keys of the table.";

/// Returns the schema of the key that a short name stands for.
fn short(key: &str) -> Option<Value> {
    match key {
        "sdk" => Some(version()),
        "network" => Some(json!({ "type": "string", "description": "A profile." })),
        _ => None,
    }
}

fn axes_of_key(key: &str, schema: &Value) -> Option<Value> {
    let axes = axes(schema)?;
    Some(match short(key) {
        None => axes,
        Some(short) => any(SHORT, &[list(&[short]), axes]),
    })
}

/// Returns the schema of an axis: a list of the plain values of the key, or for a table the axes of its keys.
fn axes(schema: &Value) -> Option<Value> {
    let one = std::slice::from_ref(schema);
    let variants = schema["anyOf"].as_array().map_or(one, Vec::as_slice);
    let (mut plain, mut tables) = (Vec::new(), Vec::new());
    for variant in variants {
        if let Some(name) = variant["$ref"].as_str() {
            tables.push(json!({ "$ref": format!("{name}{AXES}") }));
        } else if variant["type"] == "object" {
            let keys = variant["properties"].as_object().into_iter().flatten();
            let keys = keys.filter_map(|(key, schema)| Some((key.clone(), axes(schema)?)));
            let mut table = object(variant["description"].as_str().unwrap_or_default(), keys.collect());
            if let Some(named) = variant["additionalProperties"]["$ref"].as_str() {
                table["additionalProperties"] = json!({ "$ref": format!("{named}{AXES}") });
            }
            tables.push(table);
        } else if let Some(Value::Array(_)) = variant.get("anyOf") {
            plain.extend(variant["anyOf"].as_array().into_iter().flatten().cloned());
        } else if variant["type"] != "array" {
            plain.push(variant.clone());
        }
    }
    if !plain.is_empty() {
        tables.insert(0, list(&plain));
    }
    match tables.len() {
        0 => None,
        1 => Some(described_as(schema, tables.remove(0))),
        _ => Some(described_as(schema, json!({ "anyOf": tables }))),
    }
}

fn described_as(of: &Value, mut schema: Value) -> Value {
    if let Some(description) = of.get("description") {
        schema["description"] = description.clone();
    }
    if let Some(deprecated) = of.get("deprecated") {
        schema["deprecated"] = deprecated.clone();
    }
    schema
}

fn list(plain: &[Value]) -> Value {
    let items = if let [one] = plain { one.clone() } else { json!({ "anyOf": plain }) };
    json!({ "type": "array", "description": "An axis.", "items": items, "minItems": 1 })
}

fn object(description: &str, keys: Map<String, Value>) -> Value {
    json!({ "type": "object", "description": description, "properties": keys, "additionalProperties": false })
}
