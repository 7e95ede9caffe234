//! Decodes the top level of a file.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::path::Path;

use super::call::with_named_participants;
use super::network::Profiles;
use super::{case, cloud, compare, gate, matrix};
use crate::diagnostic::Fix;
use crate::expectation::Locate;
use crate::model::{CaseSpec, Scenario};
use crate::node::{Node, NodeValue, Table};
use crate::problems::Problems;
use crate::suggest::closest;
use crate::table::TableReader;

/// The keys that are defaults at the top level and can also be in each case.
const SHARED: [&str; 14] = [
    "browser",
    "sdk",
    "test",
    "app",
    "call",
    "participant",
    "devices",
    "platform",
    "network",
    "firewall",
    "expect",
    "invariants",
    "matrix",
    "repeat",
];

/// Decodes a whole file. The result is valid only if there are no problems.
pub(crate) fn file(root: &Node, path: &Path, locate: Locate<'_>, problems: &mut Problems) -> Scenario {
    let directory = path.parent().unwrap_or(Path::new(""));
    let mut reader = TableReader::new("", root, directory, problems);
    let name = reader.text("name", "demo", problems).map(|(name, _)| name.to_owned());
    let seed = reader.integer("seed", problems).and_then(|(seed, node)| {
        u64::try_from(seed)
            .inspect_err(|_| {
                let positive = seed.unsigned_abs().to_string();
                let help = format!("write 0 or more, such as `seed = {positive}`");
                problems.add_fixed(&node.span, "`seed` is negative", "negative", help, Some(Fix::of(node, positive)));
            })
            .ok()
    });
    // `extends` has already been applied. The key is read so that suggestions for unknown keys include it.
    reader.get("extends");
    let mut defaults = Table::new();
    for key in SHARED {
        if let Some(node) = reader.get(key) {
            let span = reader.key_span(key).unwrap_or_else(|| node.span.clone());
            defaults.insert(key.to_owned(), (span, node.clone()));
        }
    }
    let defaults = with_named_participants(&Node { span: 0..0, value: NodeValue::Table(defaults) });
    let compare = reader.get("compare").map(|node| compare::decode(node, problems)).unwrap_or_default();
    let gate = reader.table("gate", problems).map(|table| gate::decode(table, problems)).unwrap_or_default();
    let profiles = Profiles::read(&mut reader, problems);
    let has_matrix = reader.key_span("matrix").is_some();
    let written = reader.get("case").or_else(|| misnamed(root));
    let lone_call = [lone_call()];
    let has_call = ["app", "call", "participant"].iter().any(|key| reader.key_span(key).is_some());
    let is_lone_call = written.is_none() && has_call && !has_matrix;
    let is_list = is_lone_call || matches!(written, Some(Node { value: NodeValue::Array(_), .. }));
    let nodes = match written {
        Some(Node { value: NodeValue::Array(nodes), .. }) if !nodes.is_empty() => nodes.as_slice(),
        Some(node) => {
            not_a_list(node, reader.key_span("case"), problems);
            // The case is decoded nevertheless, so that its own problems are reported too.
            if matches!(node.value, NodeValue::Table(_)) { std::slice::from_ref(node) } else { &[] }
        }
        None if has_matrix => &[],
        None if is_lone_call => &lone_call,
        None => {
            let help = "add [[case]] at the end, with `name = \"first\"` in the line below, or write a [matrix]";
            let fix = Fix { span: root.span.end..root.span.end, text: FIRST_CASE.to_owned() };
            problems.add_fixed(&(0..0), "the file has no case", "", help, Some(fix));
            &[]
        }
    };
    reader.finish(problems);
    names_are_unique(nodes, problems);
    // A matrix alone is a case without a name. A file without a case still has defaults that can be invalid.
    let nameless = Node { span: 0..0, value: NodeValue::Table(Table::new()) };
    let is_nameless = nodes.is_empty();
    let nodes = if is_nameless { std::slice::from_ref(&nameless) } else { nodes };
    let mut cases = Vec::new();
    for node in nodes {
        let combinations = matrix::expand(&over_defaults(&defaults, node), problems);
        if cases.len() + combinations.len() > matrix::MAX_COMBINATIONS {
            let help = "remove values from its axes, or distribute its cases over several files";
            let message = format!("the file has over {} cases", matrix::MAX_COMBINATIONS);
            problems.add(&node.span, message, "too many", help);
            break;
        }
        for (node, axes) in combinations {
            let mut case = case::decode(&node, !is_nameless && is_list, directory, &profiles, locate, problems);
            case.axes = axes;
            cases.push(case);
        }
    }
    combinations_are_unique(&cases, root, problems);
    let stem = || path.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned());
    Scenario {
        name: name.unwrap_or_else(stem),
        path: path.to_owned(),
        seed: seed.unwrap_or(1),
        cases,
        compare,
        gate,
        digest: String::new(),
        files: Vec::new(),
        deprecated: Vec::new(),
    }
}

/// Returns the case of a file that has a call and neither a case nor a matrix.
fn lone_call() -> Node {
    let name = Node { span: 0..0, value: NodeValue::Text("call".to_owned()) };
    Node { span: 0..0, value: NodeValue::Table(Table::from([("name".to_owned(), (0..0, name))])) }
}

/// The text that adds a case to a file without one.
const FIRST_CASE: &str = "\n[[case]]\nname = \"first\"\n";

/// Returns the cases under a misspelt key, such as `[[cases]]`. The key has already been reported.
fn misnamed(root: &Node) -> Option<&Node> {
    let NodeValue::Table(table) = &root.value else { return None };
    let is_list = |node: &Node| matches!(&node.value, NodeValue::Array(nodes) if !nodes.is_empty());
    let is_case = |key: &str| closest(key, &["case"]).is_some();
    table.iter().find(|(key, (_, node))| is_list(node) && is_case(key)).map(|(_, (_, node))| node)
}

/// Reports that `case` is not a list.
fn not_a_list(node: &Node, key: Option<Range<usize>>, problems: &mut Problems) {
    const HELP: &str = "write `[[case]]`, with two brackets, and a name below it, once for each case";
    let header = key.map(|key| key.start.saturating_sub(1)..key.end + 1);
    let header = header.filter(|span| problems.written(span) == "[case]");
    let span = header.clone().unwrap_or_else(|| node.span.clone());
    let fix = header.map(|span| Fix { span, text: "[[case]]".to_owned() });
    problems.add_fixed(&span, "`case` is not a list of tables", "not [[case]]", HELP, fix);
}

/// Merges a case over the defaults of the file. An SDK is replaced as a whole; so is a platform if the case sets its
/// `kind`.
pub(crate) fn over_defaults(defaults: &Node, case: &Node) -> Node {
    let mut defaults = defaults.clone();
    if let (NodeValue::Table(below), NodeValue::Table(above)) = (&mut defaults.value, &case.value) {
        if above.contains_key("sdk") {
            below.remove("sdk");
        }
        if cloud::names_a_platform(case) {
            below.remove("platform");
        }
    }
    defaults.overlaid(&with_named_participants(case))
}

fn names_are_unique(cases: &[Node], problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for case in cases {
        let NodeValue::Table(table) = &case.value else { continue };
        let Some((_, Node { span, value: NodeValue::Text(name) })) = table.get("name") else { continue };
        if !seen.insert(name) {
            let message = format!("there are two cases named `{name}`");
            problems.add(span, message, "already used", "give each case a different name; it identifies its results");
        }
    }
}

/// Reports combinations that exist twice: an inclusion can equal a combination of the axes.
fn combinations_are_unique(cases: &[CaseSpec], root: &Node, problems: &mut Problems) {
    let mut seen = HashSet::with_capacity(cases.len());
    let mut twice = BTreeSet::new();
    for case in cases {
        let mut axes: Vec<_> = case.axes.iter().map(|axis| (axis.name.as_str(), axis.value.as_str())).collect();
        axes.sort_unstable();
        let id = (case.name.as_str(), axes);
        if !seen.insert(id.clone()) {
            twice.insert(id);
        }
    }
    for (name, axes) in twice.into_iter().filter(|(_, axes)| !axes.is_empty()) {
        let axes = axes.into_iter().map(|(axis, value)| format!("{axis}={value}")).collect::<Vec<_>>().join(",");
        let of = if name.is_empty() { String::new() } else { format!(" of `{name}`") };
        let span = match &root.value {
            NodeValue::Table(table) => table.get("matrix").map_or(0..0, |(span, _)| span.clone()),
            _ => 0..0,
        };
        let help = "remove the inclusion, or give it a value that makes it different";
        problems.add(&span, format!("two combinations{of} are {axes}"), "duplicate", help);
    }
}
