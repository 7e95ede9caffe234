//! Decodes `[gate]`.

use crate::gate::{GateSpec, REPEATS};
use crate::node::{Node, NodeValue};
use crate::problems::Problems;
use crate::selection::Selection;
use crate::table::TableReader;

/// Decodes the table.
pub(super) fn decode(mut reader: TableReader<'_>, problems: &mut Problems) -> GateSpec {
    let from = release("from", "2.34.2", &mut reader, problems);
    let to = release("to", "latest", &mut reader, problems);
    let networks = reader.get("network").map(|node| networks(node, problems)).unwrap_or_default();
    let max_repeats = reader.integer("maxRepeats", problems).and_then(|(repeats, node)| {
        let repeats = u32::try_from(repeats).ok().filter(|repeats| REPEATS.contains(repeats));
        if repeats.is_none() {
            let help = "write 6 to 100; fewer than 6 cannot show a change";
            problems.add(&node.span, "`gate.maxRepeats` is out of range", "out of range", help);
        }
        repeats
    });
    reader.finish(problems);
    GateSpec { from, to, networks, max_repeats }
}

fn release(key: &'static str, example: &str, reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<String> {
    let (version, node) = reader.text(key, example, problems)?;
    if let Err(help) = Selection::parse(version) {
        let message = format!("`gate.{key}`: {version:?} is not a release of OpenTok.js");
        problems.add(&node.span, message, "not a version", help);
    }
    Some(version.to_owned())
}

/// Decodes one network name or a list of names. They are resolved where they are used.
fn networks(node: &Node, problems: &mut Problems) -> Vec<String> {
    let nodes = match &node.value {
        NodeValue::Array(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut names = Vec::with_capacity(nodes.len());
    for node in nodes {
        match &node.value {
            NodeValue::Text(name) => names.push(name.clone()),
            _ => {
                let message = format!("a network of `gate.network` is {}", node.kind());
                problems.add(&node.span, message, "not a name", "write names: `network = [\"3g\", \"wifi-hotel\"]`");
            }
        }
    }
    names
}
