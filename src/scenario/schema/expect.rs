//! `[expect]`: from the metrics themselves.

use serde_json::{Map, Value, json};

use super::values::{RATE, any, boolean, pattern};
use crate::scenario::metric::Kind;
use crate::scenario::model::Metric;

/// Operators where there is an order.
const ORDERED: &str = r"(==|!=|<=|>=|<|>)?\s*";
/// And where there is none.
const EQUAL: &str = r"(==|!=)?\s*";

/// `[expect]`, for `$defs`: dotted names are nested tables.
pub(super) fn expect() -> Value {
    let mut root = group();
    for name in Metric::names() {
        let metric = Metric::from_name(name);
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
        at["properties"][*last] = condition(name, metric.map_or(Kind::Text, Metric::kind));
    }
    root["description"] =
        "What has to hold of the results: a value, an operator and a value, or a list of them.".into();
    root
}

fn group() -> Value {
    json!({ "type": "object", "description": "Metrics.", "properties": Map::new(), "additionalProperties": false })
}

fn condition(name: &str, kind: Kind) -> Value {
    let of = |operators: &str, value: &str| format!(r"^\s*{operators}{value}\s*$");
    let description = format!("`{name}`, {}: {}.", kind.name(), kind.example());
    let as_text = |text: String| pattern(&description, &text);
    let one = match kind {
        Kind::Boolean => any(&description, &[boolean(&description), as_text(of(EQUAL, "(true|false)"))]),
        Kind::Number => {
            let number = json!({ "type": "number", "description": description });
            any(&description, &[number, as_text(of(ORDERED, r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?"))])
        }
        Kind::Ratio => as_text(of(ORDERED, r"\+?[0-9._]+\s*%")),
        Kind::Bitrate => as_text(of(ORDERED, RATE)),
        Kind::Resolution => as_text(of(ORDERED, r"\+?[0-9]+x\+?[0-9]+")),
        // What has no order is not compared by it.
        Kind::Text => as_text(r"^\s*($|[^<>\s])".to_owned()),
    };
    any(&description, &[one.clone(), json!({ "type": "array", "items": one })])
}
