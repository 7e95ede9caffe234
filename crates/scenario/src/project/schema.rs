//! The JSON Schema of `precall.toml`.

use serde_json::{Map, Value, json};

use super::defaults::{MOST_REPEATS, MOST_SLOTS};
use crate::schema::{choice, integer, text};
use precall_support::browser_kind::BrowserKind;

/// Returns the JSON Schema (draft 2020-12) of `precall.toml`.
pub fn project_schema() -> Value {
    let mut keys = keys();
    let profile = json!({
        "type": "object",
        "description": "A profile, which `--profile` chooses by its name.",
        "properties": keys.clone(),
        "additionalProperties": false,
    });
    let profiles = json!({
        "type": "object",
        "description": "The profiles by name. What a profile does not set is as outside of it.",
        "additionalProperties": profile,
    });
    keys.insert("profile".to_owned(), profiles);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "precall project",
        "description": "Defaults of the command line for a project. Paths are relative to the file.",
        "type": "object",
        "properties": keys,
        "additionalProperties": false,
    })
}

/// The keys that the file and each profile can have.
fn keys() -> Map<String, Value> {
    let list = |description: &str, item: &str| {
        let one = text(item);
        json!({ "description": description, "anyOf": [one.clone(), { "type": "array", "items": one }] })
    };
    let most = |most: u32| Some(u64::from(most));
    let words = BrowserKind::WORDS.map(|(word, _)| word);
    Map::from_iter(
        [
            (
                "scenarios",
                list("The scenarios that run when none is named.", "A scenario file, or a directory of them."),
            ),
            ("runs", text("The directory of the runs.")),
            ("baselines", text("The directory of the baselines.")),
            ("slots", integer("The number of cases that run at once.", 1, most(MOST_SLOTS))),
            (
                "repeat",
                integer("The number of repeats of each case, whatever the scenario says.", 1, most(MOST_REPEATS)),
            ),
            ("maxFailures", integer("The number of failures after which no further case starts.", 1, None)),
            ("reports", list("The reports of each run.", "A format, or `format=file`, as `--report` takes it.")),
            ("browser", choice("The browser of all cases, whatever the scenario says.", &words)),
        ]
        .map(|(key, schema)| (key.to_owned(), schema)),
    )
}
