//! `[gate]`: the two releases that `precall gate` holds against one another, and on which networks.

use super::node::{Node, NodeValue, Table};

/// What a file says about its gate; flags win over it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GateSpec {
    /// `from`: the release of OpenTok.js that is in use.
    pub from: Option<String>,
    /// `to`: the release that is to replace it.
    pub to: Option<String>,
    /// `network`: the networks, by name; of a file with cases those of its cases when it says nothing.
    pub networks: Vec<String>,
    /// `maxRepeats`: how often each case runs at most.
    pub max_repeats: Option<u32>,
}

impl GateSpec {
    /// Whether the file says nothing of a gate.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How often each case of a gate may run at most.
pub(super) const REPEATS: std::ops::RangeInclusive<u32> = 6..=100;

/// A file that has a `[gate]` and neither cases nor a matrix is a matrix of the gate's networks and releases: so every
/// command understands it.
pub(super) fn matrix(mut root: Node) -> Node {
    let NodeValue::Table(table) = &mut root.value else { return root };
    if table.contains_key("case") || table.contains_key("matrix") {
        return root;
    }
    let Some((span, Node { value: NodeValue::Table(gate), .. })) = table.get("gate").cloned() else { return root };
    let mut axes = Table::new();
    // Axes come in the order of their places, and the two releases are to run side by side.
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
    fn a_gate_alone_is_a_matrix() {
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
    fn what_is_wrong_is_said_with_its_place() {
        let text = "[gate]\nfrom = 2\nto = \"newest\"\nnetwork = [\"3gg\", 3]\nmaxRepeats = 2\nrepeats = 3\n[[case]]\nname = \"a\"";
        insta::assert_snapshot!(parse(text, Path::new("gate.toml")).expect_err("wrong").render(false));
    }
}
