//! The keys that have a new name.

use std::fmt;

use super::node::{Node, NodeValue};
use precall_results::Source;

/// A key that has a new name, in a table of a case, of the top level or of a matrix.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RenamedKey {
    pub table: &'static str,
    pub old: &'static str,
    pub new: &'static str,
    /// The old values, each with its new one. Values that stay are not here.
    values: &'static [(&'static str, &'static str)],
}

/// Every key that has a new name.
pub(super) const RENAMED: [RenamedKey; 2] = [
    RenamedKey {
        table: "platform",
        old: "way",
        new: "access",
        values: &[("proxy-url", "ip-proxy"), ("direct", "intercept")],
    },
    RenamedKey { table: "network", old: "apply", new: "backend", values: &[("cdp", "devtools")] },
];

/// The use of a deprecated key in a scenario. `Display` is a sentence with the old and the new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeprecatedKey {
    key: &'static RenamedKey,
    /// The place of the key.
    pub place: Source,
}

impl DeprecatedKey {
    /// Creates the record of a key at a place.
    pub(super) fn new(key: &'static RenamedKey, place: Source) -> Self {
        Self { key, place }
    }
}

impl fmt::Display for DeprecatedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RenamedKey { table, old, new, values } = self.key;
        write!(f, "deprecated key `{table}.{old}`: write `{table}.{new}`")?;
        let values: Vec<_> = values.iter().map(|(old, new)| format!("{new:?} in place of {old:?}")).collect();
        if values.is_empty() { Ok(()) } else { write!(f, ", with {}", values.join(" and ")) }
    }
}

/// Returns the deprecated key at the path of an axis.
pub(super) fn at(path: &[&str]) -> Option<&'static RenamedKey> {
    RENAMED.iter().find(|key| path == [key.table, key.old])
}

/// Returns the current path and value of an axis. The axis itself keeps its old name and values, since they are in the
/// ids of cases.
pub(super) fn current<'a>(path: &[&'a str], value: &Node) -> (Vec<&'a str>, Node) {
    let value = at(path).map_or_else(|| value.clone(), |key| key.current_value(value));
    (current_path(path), value)
}

/// Returns the current path of an axis.
pub(super) fn current_path<'a>(path: &[&'a str]) -> Vec<&'a str> {
    at(path).map_or_else(|| path.to_vec(), |key| vec![key.table, key.new])
}

impl RenamedKey {
    /// Returns the current value of the key.
    pub(crate) fn current_value(&self, value: &Node) -> Node {
        let Node { span, value: NodeValue::Text(text) } = value else { return value.clone() };
        let renamed = self.values.iter().find(|(old, _)| old == text).map_or(text.as_str(), |(_, new)| new);
        Node { span: span.clone(), value: NodeValue::Text(renamed.to_owned()) }
    }
}
