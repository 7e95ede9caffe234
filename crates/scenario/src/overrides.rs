//! Values of the command line that replace those of a file, before the file is decoded.

use super::node::{Node, NodeValue, Table};
use precall_support::browser_kind::BrowserKind;

/// The values that replace those of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overrides {
    /// Networks by name. Each case runs once on each of them, and on no other. Empty leaves the networks of the file.
    pub networks: Vec<String>,
    /// The kind of browser of every page. `None` leaves the browsers of the file.
    pub browser: Option<BrowserKind>,
    /// Number of repeats of each case. `None` leaves that of the file.
    pub repeat: Option<u32>,
}

impl Overrides {
    /// Returns the tree of a file with these values in place of its own.
    pub(super) fn over(&self, mut root: Node) -> Node {
        let NodeValue::Table(table) = &mut root.value else { return root };
        if !self.networks.is_empty() {
            each(table, &|table| {
                table.remove("network");
                if let Some((_, Node { value: NodeValue::Table(matrix), .. })) = table.get_mut("matrix") {
                    matrix.remove("network");
                }
            });
            let names = self.networks.iter().map(|name| node(NodeValue::Text(name.clone()))).collect();
            let (_, matrix) =
                table.entry("matrix".to_owned()).or_insert_with(|| (0..0, node(NodeValue::Table(Table::new()))));
            if let NodeValue::Table(matrix) = &mut matrix.value {
                matrix.insert("network".to_owned(), (0..0, node(NodeValue::Array(names))));
            }
        }
        if let Some(kind) = self.browser {
            each(table, &|table| {
                table.remove("browser");
                for key in ["matrix", "participant"] {
                    if let Some((_, below)) = table.get_mut(key) {
                        each_table(below, &|table| drop(table.remove("browser")));
                    }
                }
            });
            table.insert("browser".to_owned(), (0..0, node(NodeValue::Text(kind.word().to_owned()))));
        }
        if let Some(repeat) = self.repeat {
            each(table, &|table| drop(table.remove("repeat")));
            table.insert("repeat".to_owned(), (0..0, node(NodeValue::Integer(i64::from(repeat)))));
        }
        root
    }
}

/// Returns a value that has no place in the file.
fn node(value: NodeValue) -> Node {
    Node { span: 0..0, value }
}

/// Applies a change to the top-level table and to the table of each case.
fn each(root: &mut Table, change: &impl Fn(&mut Table)) {
    change(root);
    let Some((_, Node { value: NodeValue::Array(cases), .. })) = root.get_mut("case") else { return };
    for case in cases {
        if let NodeValue::Table(case) = &mut case.value {
            change(case);
        }
    }
}

/// Applies a change to a table, to each table of a list, and to all tables below them.
fn each_table(node: &mut Node, change: &impl Fn(&mut Table)) {
    match &mut node.value {
        NodeValue::Array(nodes) => nodes.iter_mut().for_each(|node| each_table(node, change)),
        NodeValue::Table(table) => {
            change(table);
            table.values_mut().for_each(|(_, below)| each_table(below, change));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::parse_with;

    #[test]
    fn overrides_replace_networks_and_repeats() {
        let text = "repeat = 2\n[network]\nrate = \"1 Mbit/s\"\n[[case]]\nname = \"a\"\nrepeat = 3\nnetwork.loss = \"2 %\"\n\
                    [[case]]\nname = \"b\"\n[case.matrix]\nnetwork = [\"lte\"]\nsdk = [\"2.27.6\", \"2.35.2\"]";
        let overrides =
            Overrides { networks: vec!["3g".to_owned(), "cable".to_owned()], repeat: Some(7), ..Overrides::default() };
        let scenario = parse_with(text, std::path::Path::new("a.toml"), &overrides).expect("good");
        assert_eq!(scenario.cases.len(), 2 + 4);
        assert!(scenario.cases.iter().all(|case| case.repeat == 7));
        let on =
            |name: &str| scenario.cases.iter().filter(|case| case.axes.iter().any(|axis| axis.value == name)).count();
        assert_eq!((on("3g"), on("cable"), on("lte")), (3, 3, 0));
        let text = "browser = \"chrome\"\n[call]\n[[case]]\nname = \"a\"\n[case.matrix]\nbrowser = [\"chrome\", \"firefox\"]\n\
                    [[case.participant]]\nname = \"alice\"\nbrowser = { kind = \"chrome\", version = \"156\" }";
        let overrides = Overrides { browser: Some(BrowserKind::Firefox), ..Overrides::default() };
        let scenario = parse_with(text, std::path::Path::new("a.toml"), &overrides).expect("good");
        assert_eq!(scenario.cases.len(), 1);
        let firefox = crate::BrowserSpec::of_kind(BrowserKind::Firefox);
        assert_eq!(scenario.cases[0].browsers(), [&firefox]);
        let text = "[[participant]]\nname = \"alice\"\n[matrix]\nparticipant.alice.browser = [\"chrome\", \"firefox\"]";
        let scenario = parse_with(text, std::path::Path::new("a.toml"), &overrides).expect("good");
        assert_eq!((scenario.cases.len(), scenario.cases[0].browsers()), (1, vec![&firefox]));
        let text = "repeat = 2\n[[case]]\nname = \"a\"";
        let same = parse_with(text, std::path::Path::new("a.toml"), &Overrides::default()).expect("good");
        assert_eq!(same, crate::parse(text, std::path::Path::new("a.toml")).expect("good"));
    }
}
