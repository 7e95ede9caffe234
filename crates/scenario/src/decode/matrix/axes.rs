//! The axes of a matrix.

use std::ops::Range;

use crate::diagnostic::Fix;
use crate::label::label;
use crate::model::Axis;
use crate::node::{Node, NodeValue, Table};
use crate::problems::Problems;
use crate::suggest::{closest, suggestion};
use crate::{misplaced, renamed_key, schema};

/// Short names of axes, with the keys that they stand for: `sdk = ["2.27.6", "latest"]`.
const SHORT: [(&str, &[&str]); 4] = [
    ("browser", &["browser", "kind"]),
    ("sdk", &["sdk", "version"]),
    ("network", &["network", "profile"]),
    ("module", &["test", "module"]),
];

/// An axis of the matrix.
pub(super) struct MatrixAxis<'a> {
    pub path: Vec<&'a str>,
    pub name: String,
    pub at: Range<usize>,
    pub values: Vec<&'a Node>,
    /// The values as they appear in ids.
    pub labels: Vec<Axis>,
}

/// The advice for a matrix or an axis of the wrong kind.
pub(super) const HELP: &str = "write each axis as a key with a list of values: `sdk = [\"2.27.6\", \"latest\"]`, `network.rate = [\"300 \
    kbit/s\", \"1 Mbit/s\"]`";

/// Returns the axes in file order.
pub(super) fn axes<'a>(table: &'a Table, problems: &mut Problems) -> Vec<MatrixAxis<'a>> {
    let mut axes = Vec::new();
    collect(&mut Vec::new(), table, &mut axes, problems);
    axes.sort_by_key(|axis: &MatrixAxis<'_>| axis.at.start);
    let paths: Vec<_> = axes.iter().map(|axis| axis.path.clone()).collect();
    let paths: Vec<_> = paths.iter().map(Vec::as_slice).collect();
    for axis in &mut axes {
        axis.name = name(&axis.path, &paths);
        let values = std::mem::take(&mut axis.values);
        for value in values {
            let Some(mut label) = axis_of(&axis.name, value) else {
                let message = format!("a value of the axis `{}` is {}", axis.name, value.kind());
                let help = "an axis can have strings, numbers, true and false; give a network a name in [profiles]";
                problems.add(&value.span, message, "not a plain value", help);
                continue;
            };
            if let Some(taken) = axis.labels.iter().position(|taken| *taken == label) {
                let message = format!("two values of the axis `{}` have the id `{}`", axis.name, label.value);
                let help = match axis.values.get(taken).is_some_and(|other| other.value == value.value) {
                    true => "write each value once; it identifies the results",
                    false => {
                        "the id of a value has its letters and digits, `.`, `-` and `@`, and `_` for all other characters; change \
                         one of the values so that their ids differ"
                    }
                };
                problems.add(&value.span, message, "already used", help);
                // This is one mistake, so the combinations of this value are not reported as duplicates as well.
                label.value = format!("{} ({})", label.value, axis.labels.len());
            }
            axis.labels.push(label);
            axis.values.push(value);
        }
    }
    // An axis without a valid value has already been reported.
    axes.retain(|axis| !axis.values.is_empty());
    axes
}

/// Collects every list in the tree as an axis.
fn collect<'a>(path: &mut Vec<&'a str>, table: &'a Table, axes: &mut Vec<MatrixAxis<'a>>, problems: &mut Problems) {
    let keys = schema::axes_below(path);
    for (key, (at, node)) in table {
        let is_deprecated = renamed_key::at(&[path.as_slice(), &[key.as_str()]].concat());
        if let Some(key) = is_deprecated {
            problems.deprecate(at, key);
        } else if !keys.contains(&key.as_str()) && !is_named(path) {
            unknown(path, key, at, &keys, matches!(node.value, NodeValue::Table(_)), problems);
            continue;
        }
        path.push(key);
        match &node.value {
            NodeValue::Table(table) => collect(path, table, axes, problems),
            NodeValue::Array(values) if values.is_empty() => {
                problems.add(&node.span, format!("the axis `{}` has no value", path.join(".")), "empty", HELP);
            }
            NodeValue::Array(values) => {
                let (name, labels) = (String::new(), Vec::with_capacity(values.len()));
                axes.push(MatrixAxis {
                    path: full(path),
                    name,
                    at: at.clone(),
                    values: values.iter().collect(),
                    labels,
                });
            }
            _ => {
                let message = format!("the axis `{}` is {}, not a list", path.join("."), node.kind());
                let list = format!("[{}]", problems.written(&node.span));
                let help = format!("write `{} = {list}`", path.join("."));
                problems.add_fixed(&node.span, message, "not a list", help, Some(Fix::of(node, list)));
            }
        }
        path.pop();
    }
}

/// Returns whether the keys of the table at a path are names that the file chooses.
fn is_named(path: &[&str]) -> bool {
    path == ["participant"]
}

/// Reports a key that cannot be an axis, and suggests one.
fn unknown(path: &[&str], key: &str, at: &Range<usize>, keys: &[&str], is_table: bool, problems: &mut Problems) {
    let name = path.iter().copied().chain([key]).collect::<Vec<_>>().join(".");
    let meant = closest(key, keys).or_else(|| misplaced::home(key, is_table).filter(|_| path.is_empty()));
    let help = meant.map_or_else(|| suggestion(key, keys), |meant| format!("did you mean `{meant}`?"));
    let fix = meant.map(|meant| Fix { span: at.clone(), text: meant.to_owned() });
    problems.add_fixed(at, format!("unknown axis `{name}`"), "unknown axis", help, fix);
}

/// Returns the full path of a short name.
pub(super) fn full<'a>(path: &[&'a str]) -> Vec<&'a str> {
    let short = SHORT.iter().find(|(key, _)| path == [*key]);
    short.map_or_else(|| path.to_vec(), |(_, full)| full.to_vec())
}

/// Returns the name of an axis: the shortest end of its path that is unique among all axes.
pub(super) fn name(path: &[&str], all: &[&[&str]]) -> String {
    let well_known = |path: &[&str]| SHORT.iter().find(|(_, full)| path == *full).map(|(key, _)| *key);
    if let Some(short) = well_known(path) {
        return short.to_owned();
    }
    let lengths = 1..=path.len();
    let ends = lengths.map(|length| &path[path.len() - length..]);
    let is_taken = |end: &[&str]| {
        all.iter().any(|other| *other != path && other.ends_with(end)) || SHORT.iter().any(|(key, _)| end == [*key])
    };
    ends.into_iter().find(|end| !is_taken(end)).unwrap_or(path).join(".")
}

/// Returns a value as it appears in ids; `None` for a list or a table.
pub(super) fn axis_of(name: &str, node: &Node) -> Option<Axis> {
    let text = match &node.value {
        NodeValue::Text(text) => text.clone(),
        NodeValue::Integer(number) => number.to_string(),
        NodeValue::Float(number) => number.to_string(),
        NodeValue::Boolean(boolean) => boolean.to_string(),
        NodeValue::Array(_) | NodeValue::Table(_) => return None,
    };
    Some(Axis { name: name.to_owned(), value: label(&text) })
}
