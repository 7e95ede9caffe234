//! `schemas/results.schema.json` describes what precall writes: every field of it, and nothing else.

use serde_json::Value;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/results.schema.json");

fn schema() -> Value {
    serde_json::from_str(&std::fs::read_to_string(SCHEMA).expect("the schema")).expect("JSON")
}

/// The schema with every object closed, so that a field that it does not describe is an error. Published it is open:
/// within a version fields are added.
fn closed(mut schema: Value) -> Value {
    fn close(value: &mut Value) {
        match value {
            Value::Object(members) => {
                let is_open = members.contains_key("properties") && !members.contains_key("additionalProperties");
                if is_open {
                    members.insert("additionalProperties".to_owned(), Value::Bool(false));
                }
                members.values_mut().for_each(close);
            }
            Value::Array(values) => values.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    schema
}

fn hold(schema: &Value, instance: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).expect("a good schema");
    validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Results with every field that there is: as recorded, and with what a recorded run seldom has.
fn complete() -> Value {
    let text = include_str!("../fixtures/complete-results.json");
    let result: precall_results::RunResult = serde_json::from_str(text).expect("results");
    let again = serde_json::to_value(&result).expect("JSON");
    // A field that this precall does not know would be lost here, and the test blind to it.
    let original: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(fields(&again), fields(&original));
    again
}

/// The path of every field, whatever its value.
fn fields(value: &Value) -> std::collections::BTreeSet<String> {
    fn walk(path: &str, value: &Value, found: &mut std::collections::BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| walk(&format!("{path}.{name}"), value, found))
            }
            Value::Array(values) => values.iter().for_each(|value| walk(&format!("{path}[]"), value, found)),
            _ => drop(found.insert(path.to_owned())),
        }
    }
    let mut found = Default::default();
    walk("", value, &mut found);
    found
}

/// `UPDATE_SCHEMAS=1 cargo test --test it schema` writes it anew.
#[test]
fn it_is_derived_from_the_types() {
    let derived = serde_json::to_string_pretty(&precall_results::results_schema()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(SCHEMA, &derived).expect("written");
    }
    let file = std::fs::read_to_string(SCHEMA).expect("the schema");
    assert!(file == derived, "out of date; run `UPDATE_SCHEMAS=1 cargo test --test it schema`");
}

#[test]
fn every_field_of_a_result_is_described() {
    let errors = hold(&closed(schema()), &complete());
    assert_eq!(errors, Vec::<String>::new(), "describe what was added in schemas/results.schema.json");
    let recorded: precall_results::RunResult =
        serde_json::from_str(include_str!("../fixtures/results.json")).expect("results");
    assert_eq!(hold(&closed(schema()), &serde_json::to_value(recorded).expect("JSON")), Vec::<String>::new());
}

#[test]
fn nothing_is_described_that_there_is_not() {
    let schema = schema();
    let written: std::collections::BTreeSet<String> = fields(&complete())
        .iter()
        .flat_map(|path| path.split('.').map(|part| part.trim_end_matches("[]").to_owned()).collect::<Vec<_>>())
        .collect();
    let mut described = Vec::new();
    fn properties(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::Object(properties)) = members.get("properties") {
                    found.extend(properties.keys().cloned());
                }
                members.values().for_each(|value| properties(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| properties(value, found)),
            _ => {}
        }
    }
    properties(&schema, &mut described);
    assert!(described.len() > 100);
    described.retain(|name| !written.contains(name));
    assert_eq!(described, Vec::<String>::new(), "no result has these");
}

#[test]
fn wrong_results_are_told() {
    let mut wrong = complete();
    wrong["schemaVersion"] = 1.into();
    wrong["cases"][0]["outcome"] = "fine".into();
    wrong["cases"][0]["network"]["measured"]["up"]["lossRatio"] = 2.into();
    assert_eq!(hold(&schema(), &wrong).len(), 3, "{:?}", hold(&schema(), &wrong));
}

#[test]
fn the_version_is_the_one_that_is_written() {
    assert_eq!(schema()["properties"]["schemaVersion"]["const"], precall_results::SCHEMA_VERSION);
}
