//! Decodes `[expect]`: `video.mos = ">= 3.4"`.

use std::ops::Range;

use super::app::AppSpec;
use super::condition::{Condition, Context};
use super::diagnostic::Fix;
use super::node::{Node, NodeValue};
use super::possible;
use super::problems::Problems;
use super::suggest::{closest, suggestion};
use super::written::{self, quoted};
use precall_netem::units::UnitError;
use precall_results::{CaseKind, Expectation, ExpectedValue, Metric, MetricKind, Operator, Source, Subject};

/// Converts a position in bytes to a line and a column.
pub(super) type Locate<'a> = &'a dyn Fn(usize) -> Source;

/// Decodes the table in file order.
pub(super) fn decode(
    node: &Node,
    context: Context<'_>,
    locate: Locate<'_>,
    problems: &mut Problems,
) -> Vec<Expectation> {
    let mut found = Vec::new();
    walk(&[], None, node, context, locate, &mut found, problems);
    found.sort_by_key(|(start, _)| *start);
    found.into_iter().map(|(_, expectation)| expectation).collect()
}

/// A part of the name of a metric, with its place.
type NamePart<'a> = (&'a str, &'a Range<usize>);

/// Walks through the tables: dotted keys are nested tables in TOML, and their path is the name of the metric. In a
/// call, names of participants may be in front of it.
fn walk(
    above: &[NamePart<'_>],
    subject: Option<&Subject>,
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
        let mut path = above.to_vec();
        path.push((key, span));
        let name = path.iter().map(|(part, _)| *part).collect::<Vec<_>>().join(".");
        if above.is_empty()
            && context.participants.contains(&key.as_str())
            && let Some(subject) = below(subject, key)
        {
            walk(&[], Some(&subject), value, context, locate, found, problems);
            continue;
        }
        match (Metric::from_name(&name).filter(|metric| metric.row().is_expected), &value.value) {
            (Some(metric), _) if !metric.applies_to(context.kind) => of_another_case(metric, span, context, problems),
            (Some(metric), _) if context.is_app && AppSpec::UNSEEN_METRICS.contains(&metric.as_str()) => {
                let message = format!("`{metric}` of an application is not seen: its own code uses OpenTok.js");
                let help =
                    "let the application say it: `window.precall?.check(name, passed)` or `measure(name, value)`";
                problems.add(span, message, "never measured", help);
            }
            (Some(metric), _) => expectations((metric, subject), value, context, locate, found, problems),
            (None, NodeValue::Table(_))
                if Metric::expected_names().iter().any(|known| known.starts_with(&format!("{name}."))) =>
            {
                walk(&path, subject, value, context, locate, found, problems);
            }
            (None, _) => unknown(&name, &path, value, context, problems),
        }
    }
}

/// Returns the subject that a name of a participant below another subject selects; `None` below a pair.
fn below(subject: Option<&Subject>, name: &str) -> Option<Subject> {
    match subject {
        None => Some(Subject { participant: name.to_owned(), publisher: None }),
        Some(Subject { participant, publisher: None }) => {
            Some(Subject { participant: participant.clone(), publisher: Some(name.to_owned()) })
        }
        Some(_) => None,
    }
}

/// Reports a metric that cases of this kind do not have.
fn of_another_case(metric: Metric, span: &Range<usize>, context: Context<'_>, problems: &mut Problems) {
    let (has, runs) = match context.kind {
        CaseKind::NetworkTest => ("a call", "a network test"),
        CaseKind::Call => ("a network test", "a call"),
    };
    let help = match closest(metric.as_str(), &names(context.kind)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "the reference of metrics says which cases have which".to_owned(),
    };
    let message = format!("`{metric}` is a metric of {has}, and the case runs {runs}");
    problems.add(span, message, "never measured", help);
}

/// Returns the names of metrics that a case of this kind has.
fn names(kind: CaseKind) -> Vec<&'static str> {
    Metric::expected().filter(|metric| metric.applies_to(kind)).map(Metric::as_str).collect()
}

/// Reports an unknown metric, and suggests one.
fn unknown(name: &str, path: &[NamePart<'_>], value: &Node, context: Context<'_>, problems: &mut Problems) {
    let Some((_, span)) = path.last() else { return };
    let names: Vec<&str> = names(context.kind).into_iter().chain(context.participants.iter().copied()).collect();
    // The value of `audio = true` suggests a metric of that kind.
    let truth = |known: &&&str| {
        let is_below = known.starts_with(&format!("{name}."));
        is_below && Metric::from_name(known).is_some_and(|metric| metric.kind() == MetricKind::Boolean)
    };
    let is_boolean = matches!(value.value, NodeValue::Boolean(_));
    let meant: Option<&str> =
        names.iter().find(truth).filter(|_| is_boolean).copied().or_else(|| closest(name, &names));
    let fix = meant.and_then(|meant| renamed(meant, path, problems));
    let help = meant.map_or_else(|| suggestion(name, &names), |meant| format!("did you mean `{meant}`?"));
    problems.add_fixed(span, format!("unknown metric `{name}`"), "unknown metric", help, fix);
}

/// Returns the correction of the name of a metric, from the first wrong part on.
fn renamed(meant: &str, path: &[NamePart<'_>], problems: &Problems) -> Option<Fix> {
    let parts: Vec<_> = meant.split('.').collect();
    let alike = path.iter().zip(&parts).take_while(|((part, _), meant)| part == *meant).count();
    // The correction must replace at least one part.
    let alike = alike.min(path.len() - 1).min(parts.len() - 1);
    let ((_, first), (_, last)) = (path.get(alike)?, path.last()?);
    let span = if path.len() - alike == 1 { (*first).clone() } else { problems.joined(first, last)? };
    Some(Fix { span, text: parts[alike..].join(".") })
}

/// Decodes the conditions of one metric: one, or a list.
fn expectations(
    (metric, subject): (Metric, Option<&Subject>),
    node: &Node,
    context: Context<'_>,
    locate: Locate<'_>,
    found: &mut Vec<(usize, Expectation)>,
    problems: &mut Problems,
) {
    let nodes = match &node.value {
        NodeValue::Array(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let conditions: Vec<_> =
        nodes.iter().filter_map(|node| Some((node, one(metric, node, context, problems)?))).collect();
    possible::check_together(metric, &conditions, problems);
    for (node, condition) in conditions {
        possible::check(metric, &condition, node, problems);
        let source = locate(node.span.start);
        let Condition { level, aggregate, window, bounds } = condition;
        found.extend(bounds.into_iter().map(|(operator, value)| {
            let source = source.clone();
            let subject = subject.cloned();
            (node.span.start, Expectation { metric, subject, operator, value, level, aggregate, window, source })
        }));
    }
}

fn one(metric: Metric, node: &Node, context: Context<'_>, problems: &mut Problems) -> Option<Condition> {
    let (kind, name) = (metric.kind(), metric.as_str());
    let parse = |text: &str| Condition::parse(metric, text, context);
    let equal = |value| Ok(Condition::plain(Operator::Equal, value));
    let read = match &node.value {
        NodeValue::Boolean(value) if kind == MetricKind::Boolean => equal(ExpectedValue::Boolean(*value)),
        NodeValue::Integer(value) if kind == MetricKind::Number => equal(ExpectedValue::Number(*value as f64)),
        NodeValue::Float(value) if kind == MetricKind::Number && value.is_finite() => {
            equal(ExpectedValue::Number(*value))
        }
        NodeValue::Text(text) => parse(text),
        _ => Err(UnitError::new(format!("it is {}", node.kind()), "")),
    };
    let error = match read {
        Ok(condition) => return Some(condition),
        Err(error) => error,
    };
    let meant = match &node.value {
        NodeValue::Text(text) => written::quantity(text, "", parse),
        _ => of_another_kind(kind, node).filter(|text| parse(text).is_ok()),
    };
    let message = format!("`{name}` is compared with {}, but {}", kind.name(), error.reason);
    let label = format!("not {}", kind.name());
    match meant {
        Some(meant) => {
            let is_truth = kind == MetricKind::Boolean && matches!(meant.as_str(), "true" | "false");
            let text = if is_truth { meant } else { quoted(&meant) };
            let help = format!("write `{name} = {text}`");
            problems.add_fixed(&node.span, message, label, help, Some(Fix::of(node, text)));
        }
        None => {
            let like = format!("write it as in `{name} = {}`", kind.example());
            // A correction that is invalid itself is of no use.
            let help = if error.advice.is_empty() || error.instead.is_some() { like } else { error.advice };
            problems.add(&node.span, message, label, help);
        }
    }
    None
}

/// Returns the likely meaning of a value that is not a string. A number without an operator becomes the usual bound of
/// its kind.
fn of_another_kind(kind: MetricKind, node: &Node) -> Option<String> {
    match kind {
        MetricKind::Boolean => written::boolean(node).map(|truth| truth.to_string()),
        MetricKind::Number | MetricKind::Ratio | MetricKind::Bitrate | MetricKind::Time => {
            let value = written::with_unit(written::bare_number(node)?, kind.quantity())?;
            Some(format!("{} {value}", kind.usual_operator()))
        }
        MetricKind::Resolution | MetricKind::Text | MetricKind::Word(_) => None,
    }
}
