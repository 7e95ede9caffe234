//! Expands `[matrix]`: one case for each combination of the values of its axes.

mod axes;

use std::ops::Range;

use self::axes::{HELP, MatrixAxis, axes, axis_of, full, name};
use crate::diagnostic::Fix;
use crate::model::Axis;
use crate::node::{Node, NodeValue, Table};
use crate::problems::Problems;
use crate::renamed_key;
use crate::suggest::{closest, suggestion};
use crate::written::quoted;

/// The largest number of combinations of a file, so that a mistyped digit does not exhaust the memory.
pub(super) const MAX_COMBINATIONS: usize = 100_000;

/// A value at a path: one value of one axis, or one of an `include`.
type Assignment<'a> = (Vec<&'a str>, &'a Node);

/// Returns `case` once for each combination of its matrix, with the names and values of its axes. Without a matrix it
/// returns `case`.
pub(super) fn expand(case: &Node, problems: &mut Problems) -> Vec<(Node, Vec<Axis>)> {
    let mut case = case.clone();
    let matrix = match &mut case.value {
        NodeValue::Table(table) => table.remove("matrix"),
        _ => None,
    };
    let Some((_, matrix)) = matrix else { return vec![(case, Vec::new())] };
    let NodeValue::Table(mut table) = matrix.value else {
        problems.add(&matrix.span, "`matrix` is not a table", "not a table", HELP);
        return Vec::new();
    };
    let (include, exclude) = (table.remove("include"), table.remove("exclude"));
    let axes = axes(&table, problems);
    let exclusions: Vec<_> = tables("exclude", exclude.as_ref(), problems);
    let inclusions: Vec<_> = tables("include", include.as_ref(), problems);
    let count = axes.iter().try_fold(1_usize, |count, axis| count.checked_mul(axis.values.len()));
    if count.is_none_or(|count| count > MAX_COMBINATIONS) {
        let help = "remove values from its axes, or distribute it over several files";
        problems.add(&matrix.span, format!("the matrix has over {MAX_COMBINATIONS} combinations"), "too large", help);
        return Vec::new();
    }
    let excluded: Vec<Vec<(usize, usize)>> =
        exclusions.iter().map(|exclusion| excluded(exclusion, &axes, problems)).collect();
    let mut cases = Vec::new();
    // Without axes there is one combination, or none if the matrix has inclusions only.
    let count = if axes.is_empty() && !inclusions.is_empty() { 0 } else { count.unwrap_or(0) };
    for number in 0..count {
        let chosen = choose(number, &axes);
        if excluded.iter().any(|pairs| !pairs.is_empty() && pairs.iter().all(|(axis, value)| chosen[*axis] == *value)) {
            continue;
        }
        let settings: Vec<Assignment<'_>> =
            axes.iter().zip(&chosen).map(|(axis, value)| (axis.path.clone(), axis.values[*value])).collect();
        let labels = axes.iter().zip(&chosen).filter_map(|(axis, value)| axis.labels.get(*value).cloned());
        cases.push((over(&case, &settings), labels.collect()));
    }
    for inclusion in inclusions {
        let mut settings = Vec::new();
        leaves(&mut Vec::new(), inclusion, &mut settings);
        settings.sort_by_key(|(_, node)| node.span.start);
        note_deprecated(&settings, problems);
        let paths: Vec<_> = settings.iter().map(|(path, _)| path.as_slice()).collect();
        // An expectation is not part of the identity of a case.
        let settings_of_it = settings.iter().filter(|(path, _)| path.first() != Some(&"expect"));
        let named = settings_of_it.filter_map(|(path, node)| axis_of(&name(path, &paths), node)).collect();
        cases.push((over(&case, &settings), named));
    }
    cases
}

/// Returns the indices of the values of a combination. The last axis changes fastest.
fn choose(mut number: usize, axes: &[MatrixAxis<'_>]) -> Vec<usize> {
    let mut chosen = vec![0; axes.len()];
    for (value, axis) in chosen.iter_mut().zip(axes).rev() {
        *value = number % axis.values.len();
        number /= axis.values.len();
    }
    chosen
}

/// Returns `case` with each value at its path.
fn over(case: &Node, settings: &[Assignment<'_>]) -> Node {
    let mut case = case.clone();
    for (path, value) in settings {
        let (path, value) = renamed_key::current(path, value);
        set(&mut case, &path, &value);
        // A build is either a release or a path.
        let other = match path.as_slice() {
            ["sdk", "version"] => "path",
            ["sdk", "path"] => "version",
            _ => continue,
        };
        if let NodeValue::Table(table) = &mut case.value
            && let Some((_, Node { value: NodeValue::Table(sdk), .. })) = table.get_mut("sdk")
        {
            sdk.remove(other);
        }
    }
    case
}

fn set(node: &mut Node, path: &[&str], value: &Node) {
    let [key, rest @ ..] = path else {
        *node = value.clone();
        return;
    };
    if !matches!(node.value, NodeValue::Table(_)) {
        *node = Node { span: value.span.clone(), value: NodeValue::Table(Table::new()) };
    }
    if let NodeValue::Table(table) = &mut node.value {
        let empty = || Node { span: value.span.clone(), value: NodeValue::Table(Table::new()) };
        let (_, below) = table.entry((*key).to_owned()).or_insert_with(|| (value.span.clone(), empty()));
        set(below, rest, value);
    }
}

/// Returns the tables of `[[matrix.include]]` or `[[matrix.exclude]]`.
fn tables<'a>(key: &str, node: Option<&'a (Range<usize>, Node)>, problems: &mut Problems) -> Vec<&'a Node> {
    let Some((_, node)) = node else { return Vec::new() };
    let nodes = match &node.value {
        NodeValue::Array(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let is_table = |node: &&Node| matches!(&node.value, NodeValue::Table(table) if !table.is_empty());
    for wrong in nodes.iter().filter(|node| !is_table(node)) {
        let help = format!("write [[matrix.{key}]] with keys and values below it");
        problems.add(&wrong.span, format!("`matrix.{key}` is not a list of tables"), "not a table with keys", help);
    }
    nodes.iter().filter(is_table).collect()
}

/// Collects every value that is not a table, with its path.
fn leaves<'a>(path: &mut Vec<&'a str>, node: &'a Node, found: &mut Vec<Assignment<'a>>) {
    match &node.value {
        NodeValue::Table(table) => {
            for (key, (_, node)) in table {
                path.push(key);
                leaves(path, node, found);
                path.pop();
            }
        }
        _ => found.push((full(path), node)),
    }
}

/// Returns an exclusion as pairs of the index of an axis and the index of its value.
fn excluded(exclusion: &Node, axes: &[MatrixAxis<'_>], problems: &mut Problems) -> Vec<(usize, usize)> {
    let mut settings = Vec::new();
    leaves(&mut Vec::new(), exclusion, &mut settings);
    note_deprecated(&settings, problems);
    let mut pairs = Vec::new();
    for (path, node) in settings {
        let Some(number) =
            axes.iter().position(|axis| renamed_key::current_path(&axis.path) == renamed_key::current_path(&path))
        else {
            let path = path.join(".");
            let names: Vec<_> = axes.iter().map(|axis| axis.path.join(".")).collect();
            let help = suggestion(&path, &names.iter().map(String::as_str).collect::<Vec<_>>());
            problems.add(&node.span, format!("`{path}` is not an axis of this matrix"), "excludes nothing", help);
            continue;
        };
        let axis = &axes[number];
        match axis.values.iter().position(|value| {
            renamed_key::current(&axis.path, value).1.value == renamed_key::current(&path, node).1.value
        }) {
            Some(value) => pairs.push((number, value)),
            None => {
                let message = format!("the axis `{}` has no such value", axis.name);
                let known: Vec<_> = axis.values.iter().filter_map(|value| text_of(value)).collect();
                let meant = text_of(node).and_then(|text| closest(text, &known)).map(quoted);
                let help = match &meant {
                    Some(meant) => format!("write {meant} as in the axis, or remove the exclusion"),
                    None => "write it as in the axis, or remove the exclusion".to_owned(),
                };
                problems.add_fixed(
                    &node.span,
                    message,
                    "excludes nothing",
                    help,
                    meant.map(|text| Fix::of(node, text)),
                );
            }
        }
    }
    pairs
}

fn note_deprecated(settings: &[Assignment<'_>], problems: &mut Problems) {
    for (path, node) in settings {
        if let Some(key) = renamed_key::at(path) {
            problems.deprecate(&node.span, key);
        }
    }
}

fn text_of(node: &Node) -> Option<&str> {
    match &node.value {
        NodeValue::Text(text) => Some(text),
        _ => None,
    }
}
