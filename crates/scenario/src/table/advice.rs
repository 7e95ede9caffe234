//! Advice on values of the wrong kind, and on keys in the wrong table.

use std::ops::Range;

use crate::diagnostic::Fix;
use crate::misplaced;
use crate::node::{Node, NodeValue, Table};
use crate::problems::Problems;

/// The likely meaning of a value of the wrong kind.
pub(super) enum Meant<'e> {
    /// The value is clear; this is its TOML text.
    Surely(String),
    /// The value is not clear; this is an example.
    Like(&'e str),
}

impl<'e> Meant<'e> {
    pub(super) fn or_like(meant: Option<String>, example: &'e str) -> Self {
        meant.map_or(Self::Like(example), Self::Surely)
    }
}

/// Returns whether a value is a list of plain values, as for an axis of a matrix.
pub(super) fn is_axis(node: &Node) -> bool {
    let is_plain = |node: &Node| !matches!(node.value, NodeValue::Array(_) | NodeValue::Table(_));
    matches!(&node.value, NodeValue::Array(nodes) if nodes.len() > 1 && nodes.iter().all(is_plain))
}

/// Returns the advice for a key with several values.
pub(super) fn as_axis(path: &str, written: &str) -> String {
    format!("write one value, or `{path} = {written}` below [matrix]: each case then runs once with each value")
}

/// Returns a path in a form that is valid in a case and at the top level.
pub(super) fn shown(path: &str) -> &str {
    path.strip_prefix("case.").unwrap_or(path)
}

/// Returns the advice for a key outside of its table. It can be moved there by its path unless the table has a header.
pub(super) fn misplaced_help(table: Option<&Table>, path: &str) -> (String, Option<String>) {
    let (parent, _) = path.split_once('.').unwrap_or((path, ""));
    match table.is_some_and(|table| table.contains_key(parent)) {
        true => (format!("it belongs in the table `{}`", path.rsplit_once('.').map_or(path, |(table, _)| table)), None),
        false => (format!("write `{path}`"), Some(path.to_owned())),
    }
}

/// Reports a value that is not a table. Some tables have a key that is meant when a plain value is in place of the
/// whole table.
pub(super) fn not_a_table(path: &str, key: Option<&Range<usize>>, node: &Node, problems: &mut Problems) {
    let path = shown(path);
    let message = format!("`{path}` is {}, not a table", node.kind());
    let name = path.rsplit('.').next().unwrap_or(path);
    let main = misplaced::main_key(name).filter(|_| !matches!(node.value, NodeValue::Array(_)));
    let (Some(main), Some(key)) = (main, key) else {
        let help = match is_axis(node) && misplaced::main_key(name).is_some() {
            true => as_axis(path, problems.written(&node.span)),
            false => format!("write [{path}] with keys below it, or {name} = {{ key = value }}"),
        };
        problems.add(&node.span, message, "not a table", help);
        return;
    };
    let value = problems.written(&node.span).to_owned();
    let help = format!("write `{name}.{main} = {value}`");
    let fix = problems.joined(key, &node.span).map(|span| Fix { span, text: format!("{name}.{main} = {value}") });
    problems.add_fixed(&node.span, message, "not a table", help, fix);
}
