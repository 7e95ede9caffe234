//! `[gate]`: the two releases that `precall gate` compares, and the networks.

use super::node::{Node, NodeValue, Table};

/// The gate of a file. Command-line flags override it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GateSpec {
    /// The release of OpenTok.js that is in use (`from`).
    pub from: Option<String>,
    /// The release that is to replace it (`to`).
    pub to: Option<String>,
    /// The networks by name (`network`). Empty if the file does not name any; the networks of its cases apply then.
    pub networks: Vec<String>,
    /// The largest number of repeats of each case (`maxRepeats`), from 6 to 100.
    pub max_repeats: Option<u32>,
}

impl GateSpec {
    /// Returns whether the file has no gate.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The allowed values of `maxRepeats`.
pub(super) const REPEATS: std::ops::RangeInclusive<u32> = 6..=100;

/// Adds a matrix to a file that has a `[gate]` and neither cases nor a matrix: the networks and the releases of the
/// gate. Every command can then use the file.
pub(super) fn matrix(mut root: Node) -> Node {
    let NodeValue::Table(table) = &mut root.value else { return root };
    if table.contains_key("case") || table.contains_key("matrix") {
        return root;
    }
    let Some((span, Node { value: NodeValue::Table(gate), .. })) = table.get("gate").cloned() else { return root };
    let mut axes = Table::new();
    // Axes are ordered by their places, and the two releases must vary fastest.
    let (first, second) = (span.start..span.start, span.end..span.end);
    if let Some((_, network)) = gate.get("network") {
        let networks = match &network.value {
            NodeValue::Array(_) => network.clone(),
            _ => Node { span: network.span.clone(), value: NodeValue::Array(vec![network.clone()]) },
        };
        axes.insert("network".to_owned(), (first, networks));
    }
    let releases: Vec<_> = ["from", "to"].iter().filter_map(|side| gate.get(*side)).collect();
    if !releases.is_empty() {
        let nodes = releases.iter().map(|(_, node)| node.clone()).collect();
        let releases = Node { span: span.clone(), value: NodeValue::Array(nodes) };
        axes.insert("sdk".to_owned(), (second, releases));
    }
    if !axes.is_empty() {
        let matrix = Node { span: span.clone(), value: NodeValue::Table(axes) };
        table.insert("matrix".to_owned(), (span, matrix));
    }
    root
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::parse;

    #[test]
    fn gate_alone_becomes_a_matrix() {
        let text = "[gate]\nfrom = \"2.34.2\"\nto = \"latest\"\nnetwork = [\"3g\", \"wifi-hotel\"]\nmaxRepeats = 12";
        let scenario = parse(text, Path::new("gate.toml")).unwrap_or_else(|error| panic!("{error}"));
        let axes: Vec<Vec<_>> =
            scenario.cases.iter().map(|case| case.axes.iter().map(|axis| axis.value.as_str()).collect()).collect();
        assert_eq!(axes, [["3g", "2.34.2"], ["3g", "latest"], ["wifi-hotel", "2.34.2"], ["wifi-hotel", "latest"]]);
        assert_eq!(scenario.gate.max_repeats, Some(12));
        let one = parse("[gate]\nfrom = \"2.34.2\"\nto = \"latest\"\nnetwork = \"3g\"", Path::new("gate.toml"));
        assert_eq!(one.expect("good").gate.networks, ["3g"]);
    }

    #[test]
    fn errors_have_places() {
        let text = "[gate]\nfrom = 2\nto = \"newest\"\nnetwork = [\"3gg\", 3]\nmaxRepeats = 2\nrepeats = 3\n[[case]]\nname = \"a\"";
        insta::assert_snapshot!(parse(text, Path::new("gate.toml")).expect_err("wrong").render(false));
    }
}
