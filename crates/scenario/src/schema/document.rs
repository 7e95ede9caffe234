//! The schema of a whole file.

use serde_json::{Map, Value, json};

use super::values::{integer, pattern, reference, text};
use super::{app, call, expect, firewall, gate, matrix, network, tables};

/// Returns the JSON Schema (draft 2020-12) of scenario files. It describes the structure of a file. `precall check`
/// also finds contradictions and missing files.
pub fn schema() -> Value {
    let mut definitions = Map::from_iter(
        [
            ("browser", tables::browser()),
            ("sdk", tables::sdk()),
            ("test", tables::test()),
            ("app", app::app()),
            ("call", call::call()),
            ("participant", call::participant()),
            ("publish", call::publish()),
            ("devices", tables::devices()),
            ("platform", tables::platform()),
            ("firewall", firewall::firewall()),
            ("direction", network::direction()),
            ("step", network::step()),
            ("network", network::network()),
            ("invariants", expect::invariants()),
            ("expect", expect::expect()),
            ("expectOfParticipant", expect::expect_of_participant()),
            ("expectOfPair", expect::expect_of_pair()),
        ]
        .map(|(name, schema)| (name.to_owned(), schema)),
    );
    let shared = shared();
    matrix::define(&mut definitions, &shared);
    definitions.insert("profile".to_owned(), network::profile());
    let mut root = shared.clone();
    root.extend(top());
    root.insert("case".to_owned(), cases(shared));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "precall scenario",
        "description": "Cases for `precall run`. Top-level tables are defaults for every case.",
        "type": "object",
        "properties": root,
        "additionalProperties": false,
        "$defs": definitions,
    })
}

fn cases(shared: Map<String, Value>) -> Value {
    let mut keys = shared;
    let name = pattern("The name of the case in results.", r"^[\p{Alphabetic}\p{N}_-][\p{Alphabetic}\p{N}._-]{0,79}$");
    keys.insert("name".to_owned(), name);
    keys.insert("matrix".to_owned(), reference("The case's own axes.", "matrix"));
    let case = json!({
        "type": "object",
        "description": "A case.",
        "properties": keys,
        "additionalProperties": false,
        "required": ["name"],
    });
    json!({ "type": "array", "description": "The cases.", "items": case, "minItems": 1 })
}

/// Returns the keys that are defaults at the top level and can also be in each case.
fn shared() -> Map<String, Value> {
    let table = |name: &'static str, description| (name.to_owned(), reference(description, name));
    Map::from_iter([
        ("browser".to_owned(), tables::any_browser()),
        table("sdk", "The build of OpenTok.js."),
        table("test", "The test that the page runs."),
        table("app", "The application whose pages are the participants of the call."),
        table("call", "The call that the case runs instead of a network test."),
        ("participant".to_owned(), call::participants()),
        table("devices", "The devices of the user's host."),
        table("platform", "The platform of the case."),
        table("firewall", "The firewall of the user's network."),
        table("network", "The network between the page and the platform."),
        table("invariants", "Rules that every report must meet."),
        table("expect", "The expectations on the results."),
        (
            "repeat".to_owned(),
            integer("Number of repeats of each case. Every second repeat runs in reverse order.", 1, Some(1000)),
        ),
    ])
}

/// Returns the keys that are at the top level only, except `case`.
fn top() -> Map<String, Value> {
    let profiles = json!({
        "type": "object",
        "description": "Named networks.",
        "additionalProperties": { "$ref": "#/$defs/profile" },
    });
    Map::from_iter([
        ("name".to_owned(), text("The name in results. Default: the name of the file.")),
        ("extends".to_owned(), text("A file with shared defaults, relative to this one.")),
        ("seed".to_owned(), integer("The root of all random numbers.", 0, None)),
        ("matrix".to_owned(), reference("Axes for every case.", "matrix")),
        ("profiles".to_owned(), profiles),
        ("compare".to_owned(), expect::compare()),
        ("gate".to_owned(), gate::gate()),
    ])
}
