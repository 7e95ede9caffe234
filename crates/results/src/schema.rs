//! The JSON schema of `results.json`, derived from the types.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::{Metric, RunResult, SCHEMA_VERSION};

impl JsonSchema for Metric {
    fn schema_name() -> Cow<'static, str> {
        "Metric".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<_> = Metric::ALL.iter().map(|metric| metric.as_str()).collect();
        json_schema!({ "type": "string", "description": "The name of a metric.", "enum": names })
    }
}

/// Returns the JSON schema of `results.json` (draft 2020-12).
///
/// Objects are open: within a schema version members are added, and readers ignore those that they do not know.
pub fn results_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<RunResult>().to_value();
    schema["title"] = json!(format!("results.json of precall, schema version {SCHEMA_VERSION}"));
    schema["description"] = json!(
        "The result of a run. Within a schema version members are only ever added: readers ignore those that they do not know."
    );
    schema["properties"]["schemaVersion"]["const"] = json!(SCHEMA_VERSION);
    schema
}
