//! `[expect]`: `video.mos = ">= 3.4"`.

use super::metric::Kind;
use super::model::{Expectation, ExpectedValue, Metric, Operator, Source};
use super::node::{Node, NodeValue};
use super::table::{Problems, suggestion};
use crate::units::UnitError;

/// Operators, the longer before those they begin with.
const OPERATORS: [(&str, Operator); 6] = [
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    (">", Operator::Greater),
    ("<", Operator::Less),
];

/// Turns a place in bytes into one that people count.
pub(super) type Locate<'a> = &'a dyn Fn(usize) -> Source;

/// Reads the table, in file order.
pub(super) fn decode(node: &Node, locate: Locate<'_>, problems: &mut Problems) -> Vec<Expectation> {
    let mut found = Vec::new();
    walk("", node, locate, &mut found, problems);
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, expectation)| expectation).collect()
}

/// Dotted keys are nested tables in TOML; the path of tables is the metric's name.
fn walk(path: &str, node: &Node, locate: Locate<'_>, found: &mut Vec<(usize, Expectation)>, problems: &mut Problems) {
    let NodeValue::Table(table) = &node.value else {
        problems.add(&node.span, "`expect` is not a table", "not a table", "write [expect] with metrics below it");
        return;
    };
    for (key, (span, value)) in table {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (Metric::from_name(&name), &value.value) {
            (Some(metric), NodeValue::Array(values)) => {
                for value in values {
                    found.extend(one(metric, value, locate, problems).map(|found| (value.span.start, found)));
                }
            }
            (Some(metric), _) => {
                found.extend(one(metric, value, locate, problems).map(|found| (value.span.start, found)));
            }
            (None, NodeValue::Table(_))
                if Metric::names().iter().any(|known| known.starts_with(&format!("{name}."))) =>
            {
                walk(&name, value, locate, found, problems);
            }
            (None, _) => {
                let help = suggestion(&name, &Metric::names());
                problems.add(span, format!("unknown metric `{name}`"), "unknown metric", help);
            }
        }
    }
}

fn one(metric: Metric, node: &Node, locate: Locate<'_>, problems: &mut Problems) -> Option<Expectation> {
    let kind = metric.kind();
    let read = match &node.value {
        NodeValue::Boolean(value) if kind == Kind::Boolean => Ok((Operator::Equal, ExpectedValue::Boolean(*value))),
        NodeValue::Integer(value) if kind == Kind::Number => {
            Ok((Operator::Equal, ExpectedValue::Number(*value as f64)))
        }
        NodeValue::Float(value) if kind == Kind::Number => Ok((Operator::Equal, ExpectedValue::Number(*value))),
        NodeValue::Text(text) => condition(kind, text),
        _ => Err(format!("it is {}", node.kind())),
    };
    match read {
        Ok((operator, value)) => Some(Expectation { metric, operator, value, source: locate(node.span.start) }),
        Err(reason) => {
            let name = metric.as_str();
            problems.add(
                &node.span,
                format!("`{name}` is held against {}, but {reason}", kind.name()),
                format!("not {}", kind.name()),
                format!("write it as `{name} = {}`; operators are ==, !=, <, <=, >, >=", kind.example()),
            );
            None
        }
    }
}

/// Reads an operator and a value.
fn condition(kind: Kind, text: &str) -> Result<(Operator, ExpectedValue), String> {
    let text = text.trim();
    let (operator, rest) = OPERATORS
        .iter()
        .find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?.trim())))
        .unwrap_or((Operator::Equal, text));
    let with_unit = |UnitError(reason)| reason;
    let value = match kind {
        Kind::Boolean => match rest {
            "true" => ExpectedValue::Boolean(true),
            "false" => ExpectedValue::Boolean(false),
            _ => return Err(format!("{rest:?} is neither")),
        },
        Kind::Number => match rest.parse::<f64>() {
            Ok(number) if number.is_finite() => ExpectedValue::Number(number),
            _ => return Err(format!("{rest:?} is no number")),
        },
        Kind::Ratio => ExpectedValue::Ratio(rest.parse().map_err(with_unit)?),
        Kind::Bitrate => ExpectedValue::Bitrate(rest.parse().map_err(with_unit)?),
        Kind::Resolution => {
            let numbers =
                rest.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
            match numbers {
                Some((width, height)) => ExpectedValue::Resolution { width, height },
                None => return Err(format!("{rest:?} is no resolution")),
            }
        }
        Kind::Text => ExpectedValue::Text(rest.to_owned()),
    };
    let has_order = !matches!(kind, Kind::Boolean | Kind::Text);
    if !has_order && !matches!(operator, Operator::Equal | Operator::NotEqual) {
        return Err(format!("{text:?} compares what has no order"));
    }
    Ok((operator, value))
}
