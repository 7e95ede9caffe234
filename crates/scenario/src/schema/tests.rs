use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::*;
use crate::decode::CATALOGUE;
use crate::key_log::{self, KeyKind};
use crate::load::tests::WRONG;
use crate::node::{Node, NodeValue};
use crate::parse;

/// Returns a file with every table, so that the decoder reads all keys. It needs a file `trace` beside it.
fn everything() -> String {
    let fields = "burst = { p = \"1 %\", r = \"25 %\" }\nreorder = { ratio = \"1 %\", by = \"20 ms\" }\n\
                  outage = { at = \"10 s\", for = \"3 s\" }\nblips = { every = \"10 s\", for = \"500 ms\" }\n\
                  trace = { file = \"trace\", once = true }\n";
    let network = |path: &str| {
        let table = |open: &str, path: &str, first: &str| {
            let (close, up, down) = (open.replace('[', "]"), format!("[{path}.up]"), format!("[{path}.down]"));
            format!("{open}{path}{close}\n{first}\n{fields}{up}\n{fields}{down}\n{fields}")
        };
        [table("[", path, "profile = \"lte\""), table("[[", &format!("{path}.step"), "at = \"5 s\"")].concat()
    };
    format!(
        "name = \"everything\"\nseed = 7\nrepeat = 2\n[gate]\nfrom = \"2.34.2\"\nto = \"latest\"\nnetwork = [\"3g\"]\nmaxRepeats = 12\n{}\n[[case]]\nname = \"a\"\nbrowser = {{ kind = \"chrome\", version = \"156\" }}\n{}\n\
         [case.matrix]\nsdk = [\"2.27.6\", \"latest\"]\nmodule = [\"built-in\", \"npm:opentok-network-test-js@3.1.6\"]\n\
         network.delay = [\"50 ms\", \"60 ms\"]\ninclude = [{{ network = \"own\", expect.audio.mos = [\">= 3\", \"<= 4.4\"] }}]\n\
         [case.test]\ncamera = {{ picture = \"detailed\", resolution = \"640x480\", frameRate = 30 }}\nmicrophone = {{ sound = \"speech\" }}\n\
         [case.devices]\ncamera = \"denied\"\n[case.platform]\nrelay = \"udp\"\niceTcp = false\nfaults.relay = \"hang\"\n\
         [case.invariants]\nlevel = \"error\"\n[case.firewall]\nprofile = \"open\"\nblock = [\"api\"]\n\
         [case.expect]\nvideo.mos = 3.5\n[[case]]\nname = \"call\"\n[case.call]\nduration = \"20 s\"\n\
         [case.expect]\nalice.bob.video.freezeDuration = \"<= 2 %\"\n\
         [[case.participant]]\nname = \"alice\"\nbrowser = {{ kind = \"firefox\" }}\nsdk = {{ version = \"2.34.2\" }}\nrole = \"moderator\"\n\
         publish = {{ resolution = \"640x480\", frameRate = 30 }}\nsubscribe = \"none\"\njoin = \"1 s\"\n\
         camera = {{ picture = \"detailed\", resolution = \"640x480\" }}\nmicrophone = {{ sound = \"speech\" }}\n\
         devices = {{ camera = \"granted\" }}\nfirewall = {{ profile = \"open\" }}\n\
         step = [{{ at = \"5 s\", do = \"signal\", data = \"hello\", target = \"bob\" }}]\n{}\n\
         [[case.participant]]\nname = \"bob\"\n\
         [[case]]\nname = \"app\"\n[case.app]\nstart = \"npm start\"\nurl = \"http://localhost:{{port}}/\"\n\
         ready = \"http://localhost:{{port}}/health\"\nenvironment = {{ KEY = \"{{apiKey}}\" }}\n\
         [[case.participant]]\nname = \"carol\"\nstep = [{{ at = \"5 s\", do = \"click\", element = \"#a\" }}]\n",
        network("profiles.own"),
        network("case.network"),
        network("case.participant.network"),
    )
}

fn plain(node: &Node) -> Value {
    match &node.value {
        NodeValue::Text(text) => text.as_str().into(),
        NodeValue::Integer(number) => (*number).into(),
        NodeValue::Float(number) => (*number).into(),
        NodeValue::Boolean(boolean) => (*boolean).into(),
        NodeValue::Array(nodes) => nodes.iter().map(plain).collect(),
        NodeValue::Table(table) => table.iter().map(|(key, (_, node))| (key.clone(), plain(node))).collect(),
    }
}

/// Returns the text of a file as the schema sees it.
fn document(text: &str) -> Value {
    plain(&Node::new(toml_span::parse(text).expect("TOML"), text, 0))
}

fn validator() -> Validator {
    jsonschema::draft202012::meta::validate(&schema()).expect("a schema");
    jsonschema::draft202012::new(&schema()).expect("a schema")
}

/// Returns the errors of the schema; empty if the text is valid.
fn found(validator: &Validator, text: &str) -> Vec<String> {
    validator.iter_errors(&document(text)).map(|error| format!("{error} ({})", error.instance_path())).collect()
}

/// Returns a schema, or the definition to which it refers.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|name| name.strip_prefix('#')) {
        Some(pointer) => root.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}")),
        None => schema,
    }
}

/// Returns the kinds of values that a schema permits, in the names of the decoder.
fn kinds(root: &Value, schema: &Value) -> BTreeSet<&'static str> {
    let schema = resolved(root, schema);
    match schema["anyOf"].as_array() {
        Some(variants) => variants.iter().flat_map(|variant| kinds(root, variant)).collect(),
        None => BTreeSet::from([match schema["type"].as_str() {
            Some("string") => "text",
            Some("boolean") => "boolean",
            Some("integer") => "integer",
            Some("object") => "table",
            Some("array") => "list",
            other => panic!("{other:?} in {schema}"),
        }]),
    }
}

fn kinds_asked(asked: &BTreeSet<KeyKind>) -> BTreeSet<&'static str> {
    let words: fn(&KeyKind) -> &'static [&'static str] = |asked| match asked {
        KeyKind::Text | KeyKind::Choice(_) => &["text"],
        KeyKind::Boolean => &["boolean"],
        KeyKind::Integer => &["integer"],
        KeyKind::Table => &["table"],
        KeyKind::Tables => &["table", "list"],
    };
    asked.iter().flat_map(words).copied().collect()
}

/// Collects every table of a schema by the decoder's path, with its keys.
fn tables(root: &Value, path: &str, schema: &Value, found: &mut BTreeMap<String, BTreeMap<String, Value>>) {
    let schema = resolved(root, schema);
    for variant in schema["anyOf"].as_array().into_iter().flatten() {
        tables(root, path, variant, found);
    }
    if schema["type"] == "array" {
        tables(root, path, &schema["items"], found);
    }
    let Some(keys) = schema["properties"].as_object() else { return };
    // Deprecated keys have their new names when the decoder reads them.
    let current = keys.iter().filter(|(_, schema)| schema["deprecated"] != true);
    let current = current.map(|(key, schema)| (key.clone(), schema.clone()));
    found.entry(path.to_owned()).or_default().extend(current);
    for (key, below) in keys {
        // Top-level tables are read below each case, except the gate. `matrix` and `expect` are read differently.
        if (path.is_empty() && !matches!(key.as_str(), "case" | "gate")) || key == "matrix" || key == "expect" {
            continue;
        }
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        tables(root, &path, below, found);
    }
    if path.is_empty() {
        tables(root, "profiles.*", &schema["properties"]["profiles"]["additionalProperties"], found);
    }
}

/// A difference is a mistake in a change of the decoder or of the schema.
#[test]
fn schema_has_exactly_the_keys_of_the_decoder() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("trace"), "1\n2\n4\n").expect("written");
    let lone = everything().replace("{ file = \"trace\", once = true }", "\"trace\"");
    for text in [everything(), lone] {
        parse(&text, &directory.path().join("everything.toml")).unwrap_or_else(|error| panic!("{error}"));
    }
    let asked = key_log::keys();
    let schema = schema();
    let mut known = BTreeMap::new();
    tables(&schema, "", &schema, &mut known);
    let names = |paths: Vec<&String>| paths.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(names(asked.keys().collect()), names(known.keys().collect()), "tables");
    for (path, keys) in &asked {
        let known = &known[path];
        let asked_names: BTreeSet<_> = keys.keys().copied().collect();
        assert_eq!(asked_names, known.keys().map(String::as_str).collect(), "keys of `{path}`");
        for (key, kinds_of_it) in keys.iter().filter(|(_, kinds)| !kinds.is_empty()) {
            assert_eq!(kinds_asked(kinds_of_it), kinds(&schema, &known[*key]), "`{path}.{key}`");
            for asked in kinds_of_it {
                if let KeyKind::Choice(words) = asked {
                    assert_eq!(known[*key]["enum"], json!(words), "`{path}.{key}`");
                }
            }
        }
    }
}

/// Top-level tables have the same schema as those of a case.
#[test]
fn top_level_equals_case() {
    let schema = schema();
    let case = &schema["properties"]["case"]["items"]["properties"];
    for (key, below) in case.as_object().expect("keys") {
        let at_the_top = &schema["properties"][key];
        if key == "name" {
            continue;
        }
        assert_eq!(at_the_top["$ref"], below["$ref"], "{key}");
        assert_eq!(at_the_top["type"], below["type"], "{key}");
    }
}

#[test]
fn ready_scenarios_and_catalogue_are_valid() {
    let validator = validator();
    assert_eq!(found(&validator, &everything()), [""; 0]);
    assert_eq!(found(&validator, CATALOGUE), [""; 0]);
    let mut count = 0;
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")).expect("scenarios/") {
        let path = entry.expect("an entry").path();
        // Beside them is what they name.
        if path.is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("text");
        assert_eq!(found(&validator, &text), [""; 0], "{}", path.display());
        count += 1;
    }
    assert!(count > 5);
}

/// Invalid files with a valid structure: contradictions and missing files.
const NOT_OF_SHAPE: [&str; 14] = [
    "impossible loss",
    "rate too slow",
    "queue without rate",
    "jitter longer than delay",
    "two cases of one name",
    "no case",
    "value twice",
    "excludes nothing",
    "includes what is there",
    "extends what is not there",
    "SDK file that is not there",
    "timeout out of range",
    "fault of a relay that is not there",
    "ICE-TCP beside a relay",
];

#[test]
fn invalid_structure_is_refused() {
    let validator = validator();
    for (what, text) in WRONG.iter().filter(|(what, _)| *what != "no TOML") {
        assert_eq!(found(&validator, text).is_empty(), NOT_OF_SHAPE.contains(what), "{what}");
    }
}

/// The schema accepts and refuses the same values as the decoder.
#[test]
fn schema_and_decoder_accept_the_same_values() {
    let validator = validator();
    for (key, good, bad) in [
        (
            "network.delay",
            &["80 ms", "1.5s", " 250 us ", "1_000 µs", "+2 min"][..],
            &["80", "soon", "1 h", "-1 ms"][..],
        ),
        ("network.rate", &["400 kbit/s", "unlimited", "1.5Mbit/s"], &["unlimted", "400 kbps", "400"]),
        ("network.loss", &["2 %", "0.5%"], &["2", "2 percent"]),
        (
            "sdk.version",
            &["latest", "2.27.6", "^2.27", "last 3", "last 2 of ^2.27", "all minors of >=2.18 <3"],
            &["newest", "last", "last 0", "last three"],
        ),
        (
            "devices.camera",
            &["granted", "none", "withdrawn at 6 s", "lost at 6 s"],
            &["no", "withdrawn", "withdrawn at noon"],
        ),
        (
            "platform.faults.messaging",
            &["reset", "status 503", "disconnect at 8 s", "delay 300 ms"],
            &["explode", "status 200", "block"],
        ),
        ("platform.faults.publisherMedia", &["block", "block at 8 s"], &["reset"]),
        ("expect.video.mos", &[">= 3.4", "3", "< 4"], &["good", ">=", "=> 3"]),
        ("expect.video.bitrate", &["<= 400 kbit/s"], &["<= 400", "400 kB/s"]),
        ("expect.audio.supported", &["true", "!= false"], &["yes", "> true"]),
        ("expect.video.recommendedResolution", &[">= 640x480"], &["large", "640"]),
        ("expect.quality.error", &["PermissionDeniedError", "!= x"], &["> x"]),
    ] {
        let text = |value: &str| format!("[[case]]\nname = \"a\"\n{key} = {value:?}");
        for (value, is_good) in good.iter().map(|value| (value, true)).chain(bad.iter().map(|value| (value, false))) {
            let text = text(value);
            assert_eq!(parse(&text, Path::new("x.toml")).is_ok(), is_good, "the reader on {text}");
            let report = found(&validator, &text);
            assert_eq!(report.is_empty(), is_good, "the schema on {text}: {report:?}");
        }
    }
}

/// Editors show the descriptions.
#[test]
fn every_key_has_a_description() {
    fn walk(path: &str, schema: &Value) {
        if !schema.is_object() {
            return;
        }
        for (key, below) in schema["properties"].as_object().into_iter().flatten() {
            assert!(below["description"].as_str().is_some_and(|text| !text.is_empty()), "{path}.{key}");
            walk(&format!("{path}.{key}"), below);
        }
        for part in ["items", "additionalProperties"] {
            walk(path, &schema[part]);
        }
        for below in schema["anyOf"].as_array().into_iter().flatten() {
            walk(path, below);
        }
        for (name, below) in schema["$defs"].as_object().into_iter().flatten() {
            walk(name, below);
        }
    }
    walk("", &schema());
}
