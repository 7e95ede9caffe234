//! The schemas of `[expect]` and `[compare]`, from the metrics and figures themselves.

use serde_json::{Map, Value, json};

use super::values::{DURATION, RATE, any, boolean, choice, pattern, share, table, text};
use precall_results::CaseKind;
use precall_results::Level;
use precall_results::Metric;
use precall_results::MetricKind;

/// The operators of ordered values.
const ORDERED: &str = r"(==|!=|<=|>=|<|>)?\s*";
/// The operators of values without an order.
const EQUAL: &str = r"(==|!=)?\s*";

/// Returns the definition of `[expect]`. Dotted names are nested tables.
pub(super) fn expect() -> Value {
    let conditions = Metric::expected().map(|metric| (metric.as_str(), condition(metric)));
    let description = "The expectations on the results: a value, an operator and a value, or a list of them.";
    let mut root = nested(description, conditions);
    root["additionalProperties"] = json!({ "$ref": "#/$defs/expectOfParticipant" });
    root
}

/// Returns the definition of the expectations on one participant of a call, below its name.
pub(super) fn expect_of_participant() -> Value {
    let mut root = nested("The expectations on one participant of a call.", conditions_of_calls());
    root["additionalProperties"] = json!({ "$ref": "#/$defs/expectOfPair" });
    root
}

/// Returns the definition of the expectations on what one participant receives of another, below both names.
pub(super) fn expect_of_pair() -> Value {
    nested("The expectations on what a participant receives of another.", conditions_of_calls())
}

fn conditions_of_calls() -> impl Iterator<Item = (&'static str, Value)> {
    let metrics = Metric::expected().filter(|metric| metric.applies_to(CaseKind::Call));
    metrics.map(|metric| (metric.as_str(), condition(metric)))
}

/// Returns the definition of `[compare]`.
pub(super) fn compare() -> Value {
    let change = |figure: Metric| {
        let description = format!("Smallest change that counts: {:?}.", figure.effect_example());
        let number = json!({ "type": "number", "description": description });
        (figure.as_str(), any(&description, &[number, text(&description)]))
    };
    let level = ("level", share("Probability of a false alarm in a cell: \"5 %\"."));
    nested("The smallest changes that count in a comparison.", Metric::compared().map(change).chain([level]))
}

/// Returns nested tables for keys with dots in their names.
fn nested(description: &str, keys: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let mut root = group();
    for (name, schema) in keys {
        let parts: Vec<_> = name.split('.').collect();
        let (last, above) = parts.split_last().unwrap_or((&name, &[]));
        let mut at = &mut root;
        for part in above {
            let groups = &mut at["properties"];
            if groups.get(*part).is_none() {
                groups[*part] = group();
            }
            at = &mut groups[*part];
        }
        at["properties"][*last] = schema;
    }
    root["description"] = description.into();
    root
}

/// Returns the definition of `[invariants]`.
pub(super) fn invariants() -> Value {
    let levels = [Level::Error, Level::Warn, Level::Info].map(Level::as_str);
    table(
        "Rules that every report must meet.",
        [("level", choice("`error` fails the case; the other levels are reported only.", &levels))],
    )
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn group() -> Value {
    json!({ "type": "object", "description": "Metrics.", "properties": Map::new(), "additionalProperties": false })
}

/// The prefix with the level, the share of the repeats, and the suffix with a part of the test.
const LEVEL: &str = r"((error|warn|info)\s*:\s*)?";
const SOME: &str = r"((all|any|at\s+least\s+[0-9]+\s+of\s+[0-9]+)\s+)?";
const QUANTILE: &str = r"((all|any|median|p[1-9][0-9]?|at\s+least\s+[0-9]+\s+of\s+[0-9]+)\s+)?";
const PART: &str = r"(\s+(after|last|between|in step)\s+.+)?";

fn condition(metric: Metric) -> Value {
    let kind = metric.kind();
    let row = metric.row();
    let description = format!("{} {}, as in {}.", row.description, capitalised(kind.name()), kind.example());
    let as_text = |text: String| pattern(&description, &text);
    let quantity = |value: &str, bare: &str| {
        as_text(format!(r"^\s*{LEVEL}{QUANTILE}({ORDERED}{value}|{bare}\s*\.\.\s*{value}){PART}\s*$"))
    };
    let number = r"[-+]?[0-9.]+?([eE][-+]?[0-9]+)?";
    let one = match kind {
        MetricKind::Boolean => {
            any(&description, &[boolean(&description), as_text(format!(r"^\s*{LEVEL}{SOME}{EQUAL}(true|false)\s*$"))])
        }
        MetricKind::Number => {
            let plain = json!({ "type": "number", "description": description });
            any(&description, &[plain, quantity(number, number)])
        }
        MetricKind::Ratio => quantity(r"\+?[0-9._]+\s*%", r"\+?[0-9._]+\s*%?"),
        MetricKind::Bitrate => quantity(RATE, r"\+?[0-9._]+?\s*([kMG]?bit/s)?"),
        MetricKind::Time => quantity(DURATION, r"\+?[0-9._]+?\s*(us|µs|ms|s|min)?"),
        MetricKind::Resolution => {
            let size = r"\+?[0-9]+x\+?[0-9]+";
            as_text(format!(r"^\s*{LEVEL}{SOME}({ORDERED}{size}|{size}\s*\.\.\s*{size})\s*$"))
        }
        // Values without an order have no ordered operators.
        MetricKind::Word(words) => as_text(format!(r"^\s*{LEVEL}{SOME}{EQUAL}({})\s*$", words.join("|"))),
        MetricKind::Text => as_text(r"^\s*($|[^<>\s])".to_owned()),
    };
    any(&description, &[one.clone(), json!({ "type": "array", "items": one })])
}
