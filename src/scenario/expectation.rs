//! `[expect]`: `video.mos = ">= 3.4"`.

use super::condition::{Condition, Context};
use super::expect::{Expectation, ExpectedValue, Operator, Source};
use super::metric::Kind;
use super::model::Metric;
use super::node::{Node, NodeValue};
use super::table::{Problems, suggestion};

/// Turns a place in bytes into one that people count.
pub(super) type Locate<'a> = &'a dyn Fn(usize) -> Source;

/// Reads the table, in file order.
pub(super) fn decode(
    node: &Node,
    context: Context<'_>,
    locate: Locate<'_>,
    problems: &mut Problems,
) -> Vec<Expectation> {
    let mut found = Vec::new();
    walk("", node, context, locate, &mut found, problems);
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, expectation)| expectation).collect()
}

/// Dotted keys are nested tables in TOML; the path of tables is the metric's name.
fn walk(
    path: &str,
    node: &Node,
    context: Context<'_>,
    locate: Locate<'_>,
    found: &mut Vec<(usize, Expectation)>,
    problems: &mut Problems,
) {
    let NodeValue::Table(table) = &node.value else {
        problems.add(&node.span, "`expect` is not a table", "not a table", "write [expect] with metrics below it");
        return;
    };
    for (key, (span, value)) in table {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (Metric::from_name(&name), &value.value) {
            (Some(metric), NodeValue::Array(values)) => {
                for value in values {
                    found.extend(one(metric, value, context, locate, problems));
                }
            }
            (Some(metric), _) => {
                found.extend(one(metric, value, context, locate, problems));
            }
            (None, NodeValue::Table(_))
                if Metric::names().iter().any(|known| known.starts_with(&format!("{name}."))) =>
            {
                walk(&name, value, context, locate, found, problems);
            }
            (None, _) => {
                let help = suggestion(&name, &Metric::names());
                problems.add(span, format!("unknown metric `{name}`"), "unknown metric", help);
            }
        }
    }
}

fn one(
    metric: Metric,
    node: &Node,
    context: Context<'_>,
    locate: Locate<'_>,
    problems: &mut Problems,
) -> Vec<(usize, Expectation)> {
    let kind = metric.kind();
    let equal = |value| Ok(Condition::plain(Operator::Equal, value));
    let read = match &node.value {
        NodeValue::Boolean(value) if kind == Kind::Boolean => equal(ExpectedValue::Boolean(*value)),
        NodeValue::Integer(value) if kind == Kind::Number => equal(ExpectedValue::Number(*value as f64)),
        NodeValue::Float(value) if kind == Kind::Number => equal(ExpectedValue::Number(*value)),
        NodeValue::Text(text) => Condition::parse(metric, text, context),
        _ => Err(format!("it is {}", node.kind())),
    };
    match read {
        Ok(Condition { level, aggregate, window, bounds }) => {
            let source = locate(node.span.start);
            let expectation = |(operator, value)| {
                let source = source.clone();
                (node.span.start, Expectation { metric, operator, value, level, aggregate, window, source })
            };
            bounds.into_iter().map(expectation).collect()
        }
        Err(reason) => {
            let name = metric.as_str();
            problems.add(
                &node.span,
                format!("`{name}` is held against {}, but {reason}", kind.name()),
                format!("not {}", kind.name()),
                format!("write it as `{name} = {}`; operators are ==, !=, <, <=, >, >=", kind.example()),
            );
            Vec::new()
        }
    }
}
