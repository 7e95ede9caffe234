//! Expands `[matrix]`: one case for each combination of the values of its axes.

use std::ops::Range;

use crate::diagnostic::Fix;
use crate::label::label;
use crate::model::Axis;
use crate::node::{Node, NodeValue, Table};
use crate::problems::Problems;
use crate::suggest::{closest, suggestion};
use crate::written::quoted;
use crate::{misplaced, schema};

/// The largest number of combinations of a file, so that a mistyped digit does not exhaust the memory.
pub(super) const MAX_COMBINATIONS: usize = 100_000;

/// Short names of axes, with the keys that they stand for: `sdk = ["2.27.6", "latest"]`.
const SHORT: [(&str, &[&str]); 3] =
    [("sdk", &["sdk", "version"]), ("network", &["network", "profile"]), ("module", &["test", "module"])];

/// A value at a path: one value of one axis, or one of an `include`.
type Assignment<'a> = (Vec<&'a str>, &'a Node);

/// An axis of the matrix.
struct MatrixAxis<'a> {
    path: Vec<&'a str>,
    name: String,
    at: Range<usize>,
    values: Vec<&'a Node>,
    /// The values as they appear in ids.
    labels: Vec<Axis>,
}

/// Returns `case` once for each combination of its matrix, with the names and values of its axes. Without a matrix it returns `case`.
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
        let help = "take values out of its axes, or spread it over several files";
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
        let paths: Vec<_> = settings.iter().map(|(path, _)| path.as_slice()).collect();
        // An expectation is not part of the identity of a case.
        let settings_of_it = settings.iter().filter(|(path, _)| path.first() != Some(&"expect"));
        let named = settings_of_it.filter_map(|(path, node)| axis_of(&name(path, &paths), node)).collect();
        cases.push((over(&case, &settings), named));
    }
    cases
}

const HELP: &str = "write each axis as a key with a list of values: `sdk = [\"2.27.6\", \"latest\"]`, `network.rate = [\"300 \
    kbit/s\", \"1 Mbit/s\"]`";

/// Returns the axes in file order.
fn axes<'a>(table: &'a Table, problems: &mut Problems) -> Vec<MatrixAxis<'a>> {
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
                let help = "an axis has strings, numbers, true or false; give a network a name in [profiles]";
                problems.add(&value.span, message, "not a plain value", help);
                continue;
            };
            if let Some(taken) = axis.labels.iter().position(|taken| *taken == label) {
                let message = format!("two values of the axis `{}` would be called `{}`", axis.name, label.value);
                let help = match axis.values.get(taken).is_some_and(|other| other.value == value.value) {
                    true => "write each value once; results are found by them",
                    false => {
                        "results are found by what values are called, which has the letters and digits of a value, `.`, `-` and \
                         `@`, and `_` for the rest; give one of the two a name that differs in those"
                    }
                };
                problems.add(&value.span, message, "taken", help);
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
        if !keys.contains(&key.as_str()) {
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

/// Reports a key that cannot be an axis, and suggests one.
fn unknown(path: &[&str], key: &str, at: &Range<usize>, keys: &[&str], is_table: bool, problems: &mut Problems) {
    let name = path.iter().copied().chain([key]).collect::<Vec<_>>().join(".");
    let meant = closest(key, keys).or_else(|| misplaced::home(key, is_table).filter(|_| path.is_empty()));
    let help = meant.map_or_else(|| suggestion(key, keys), |meant| format!("did you mean `{meant}`?"));
    let fix = meant.map(|meant| Fix { span: at.clone(), text: meant.to_owned() });
    problems.add_fixed(at, format!("unknown axis `{name}`"), "unknown axis", help, fix);
}

/// Returns the full path of a short name.
fn full<'a>(path: &[&'a str]) -> Vec<&'a str> {
    let short = SHORT.iter().find(|(key, _)| path == [*key]);
    short.map_or_else(|| path.to_vec(), |(_, full)| full.to_vec())
}

/// Returns the name of an axis: the shortest end of its path that is unique among all axes.
fn name(path: &[&str], all: &[&[&str]]) -> String {
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
fn axis_of(name: &str, node: &Node) -> Option<Axis> {
    let text = match &node.value {
        NodeValue::Text(text) => text.clone(),
        NodeValue::Integer(number) => number.to_string(),
        NodeValue::Float(number) => number.to_string(),
        NodeValue::Boolean(boolean) => boolean.to_string(),
        NodeValue::Array(_) | NodeValue::Table(_) => return None,
    };
    Some(Axis { name: name.to_owned(), value: label(&text) })
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
        set(&mut case, path, value);
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
        let help = format!("write [[matrix.{key}]] with keys and a value each below it");
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
    let mut pairs = Vec::new();
    for (path, node) in settings {
        let Some(number) = axes.iter().position(|axis| axis.path == path) else {
            let path = path.join(".");
            let names: Vec<_> = axes.iter().map(|axis| axis.path.join(".")).collect();
            let help = suggestion(&path, &names.iter().map(String::as_str).collect::<Vec<_>>());
            problems.add(&node.span, format!("`{path}` is no axis of this matrix"), "excludes nothing", help);
            continue;
        };
        let axis = &axes[number];
        match axis.values.iter().position(|value| value.value == node.value) {
            Some(value) => pairs.push((number, value)),
            None => {
                let message = format!("the axis `{}` has no such value", axis.name);
                let known: Vec<_> = axis.values.iter().filter_map(|value| text_of(value)).collect();
                let meant = text_of(node).and_then(|text| closest(text, &known)).map(quoted);
                let help = match &meant {
                    Some(meant) => format!("write {meant} as the axis does, or take the exclusion out"),
                    None => "write it as the axis does, or take the exclusion out".to_owned(),
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

fn text_of(node: &Node) -> Option<&str> {
    match &node.value {
        NodeValue::Text(text) => Some(text),
        _ => None,
    }
}
