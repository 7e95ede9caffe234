//! The top of a file.

use std::collections::BTreeMap;
use std::path::Path;

use super::network::Profiles;
use super::{case, cloud};
use crate::scenario::expectation::Locate;
use crate::scenario::model::{CaseSpec, Scenario};
use crate::scenario::node::{Node, NodeValue, Table};
use crate::scenario::table::{Problems, Reader};

/// The tables that may stand at the top as defaults, and in each case.
const SHARED: [&str; 6] = ["sdk", "test", "devices", "platform", "network", "expect"];

/// Reads a whole file; what it gives is only good while there are no problems.
pub(in crate::scenario) fn file(root: &Node, path: &Path, locate: Locate<'_>, problems: &mut Problems) -> Scenario {
    let mut reader = Reader::new("", root, problems);
    let name = reader.text("name", "demo", problems).map(|(name, _)| name.to_owned());
    let seed = reader.integer("seed", problems).and_then(|(seed, node)| {
        u64::try_from(seed)
            .inspect_err(|_| problems.add(&node.span, "`seed` is negative", "negative", "write 0 or more"))
            .ok()
    });
    let mut defaults = Table::new();
    for key in SHARED {
        if let Some(node) = reader.get(key) {
            let span = reader.key_span(key).unwrap_or_else(|| node.span.clone());
            defaults.insert(key.to_owned(), (span, node.clone()));
        }
    }
    let defaults = Node { span: 0..0, value: NodeValue::Table(defaults) };
    let directory = path.parent().unwrap_or(Path::new(""));
    let profiles = Profiles::read(&mut reader, directory, problems);
    let cases = match reader.get("case") {
        Some(Node { value: NodeValue::Array(nodes), .. }) if !nodes.is_empty() => nodes
            .iter()
            .map(|node| case::decode(&over_defaults(&defaults, node), directory, &profiles, locate, problems))
            .collect(),
        Some(node) => {
            problems.add(&node.span, "`case` is not a list of tables", "not [[case]]", CASE_HELP);
            Vec::new()
        }
        None => {
            problems.add(&(0..0), "the file has no case", "", CASE_HELP);
            Vec::new()
        }
    };
    reader.finish(problems);
    unique_names(&cases, problems);
    let stem = || path.file_stem().map_or_else(|| "scenario".to_owned(), |stem| stem.to_string_lossy().into_owned());
    Scenario {
        name: name.unwrap_or_else(stem),
        path: path.to_owned(),
        seed: seed.unwrap_or(1),
        cases: cases.into_iter().map(|(case, _)| case).collect(),
    }
}

const CASE_HELP: &str = "write [[case]] with a name below it, once for each case";

/// A case with the file's tables laid under it. An SDK is one thing, so a case's own replaces the file's as a whole; so does
/// a platform that says its `kind`.
fn over_defaults(defaults: &Node, case: &Node) -> Node {
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

fn unique_names(cases: &[(CaseSpec, std::ops::Range<usize>)], problems: &mut Problems) {
    let mut seen = BTreeMap::new();
    for (case, span) in cases {
        if !case.name.is_empty() && seen.insert(&case.name, ()).is_some() {
            let message = format!("there are two cases named `{}`", case.name);
            problems.add(span, message, "taken", "give each case a name of its own; results are found by it");
        }
    }
}
