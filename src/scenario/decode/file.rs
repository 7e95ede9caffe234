//! The top of a file.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use super::network::Profiles;
use super::{case, cloud, compare, gate, matrix};
use crate::scenario::expectation::Locate;
use crate::scenario::model::{CaseSpec, Scenario};
use crate::scenario::node::{Node, NodeValue, Table};
use crate::scenario::table::{Problems, Reader};

/// The tables that may stand at the top as defaults, and in each case.
const SHARED: [&str; 10] =
    ["sdk", "test", "devices", "platform", "network", "firewall", "expect", "invariants", "matrix", "repeat"];

/// Reads a whole file; what it gives is only good while there are no problems.
pub(in crate::scenario) fn file(root: &Node, path: &Path, locate: Locate<'_>, problems: &mut Problems) -> Scenario {
    let mut reader = Reader::new("", root, problems);
    let name = reader.text("name", "demo", problems).map(|(name, _)| name.to_owned());
    let seed = reader.integer("seed", problems).and_then(|(seed, node)| {
        u64::try_from(seed)
            .inspect_err(|_| problems.add(&node.span, "`seed` is negative", "negative", "write 0 or more"))
            .ok()
    });
    // Read before, but to be named when another is mistaken for it.
    reader.get("extends");
    let mut defaults = Table::new();
    for key in SHARED {
        if let Some(node) = reader.get(key) {
            let span = reader.key_span(key).unwrap_or_else(|| node.span.clone());
            defaults.insert(key.to_owned(), (span, node.clone()));
        }
    }
    let defaults = Node { span: 0..0, value: NodeValue::Table(defaults) };
    let directory = path.parent().unwrap_or(Path::new(""));
    let compare = reader.get("compare").map(|node| compare::decode(node, problems)).unwrap_or_default();
    let gate = reader.table("gate", problems).map(|table| gate::decode(table, problems)).unwrap_or_default();
    let profiles = Profiles::read(&mut reader, directory, problems);
    let has_matrix = reader.key_span("matrix").is_some();
    let nodes = match reader.get("case") {
        Some(Node { value: NodeValue::Array(nodes), .. }) if !nodes.is_empty() => nodes.as_slice(),
        Some(node) => {
            problems.add(&node.span, "`case` is not a list of tables", "not [[case]]", CASE_HELP);
            &[]
        }
        None if has_matrix => &[],
        None => {
            problems.add(&(0..0), "the file has no case", "", CASE_HELP);
            &[]
        }
    };
    reader.finish(problems);
    names_are_unique(nodes, problems);
    // A matrix of its own is a case of its own.
    let nameless = Node { span: 0..0, value: NodeValue::Table(Table::new()) };
    let is_nameless = nodes.is_empty() && has_matrix;
    let nodes = if is_nameless { std::slice::from_ref(&nameless) } else { nodes };
    let mut cases = Vec::new();
    for node in nodes {
        for (node, axes) in matrix::expand(&over_defaults(&defaults, node), problems) {
            let mut case = case::decode(&node, !is_nameless, directory, &profiles, locate, problems);
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
    }
}

const CASE_HELP: &str = "write [[case]] with a name below it, once for each case; or a [matrix] alone";

/// A case with the file's tables laid under it. An SDK is one thing, so a case's own replaces the file's as a whole; so does
/// a platform that says its `kind`.
pub(in crate::scenario) fn over_defaults(defaults: &Node, case: &Node) -> Node {
    let mut defaults = defaults.clone();
    if let (NodeValue::Table(below), NodeValue::Table(above)) = (&mut defaults.value, &case.value) {
        if above.contains_key("sdk") {
            below.remove("sdk");
        }
        if cloud::names_a_platform(case) {
            below.remove("platform");
        }
    }
    defaults.overlaid(case)
}

fn names_are_unique(cases: &[Node], problems: &mut Problems) {
    let mut seen = BTreeSet::new();
    for case in cases {
        let NodeValue::Table(table) = &case.value else { continue };
        let Some((_, Node { span, value: NodeValue::Text(name) })) = table.get("name") else { continue };
        if !seen.insert(name) {
            let message = format!("there are two cases named `{name}`");
            problems.add(span, message, "taken", "give each case a name of its own; results are found by it");
        }
    }
}

/// An inclusion may be what the axes give already.
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
        let help = "take the inclusion out, or give it a value that tells it apart";
        problems.add(&span, format!("two combinations{of} are {axes}"), "has one twice", help);
    }
}
