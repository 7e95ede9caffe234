//! A scenario file as a tree. Every node has its place in the file, so that tables can be merged before they are
//! decoded.

use std::collections::BTreeMap;
use std::ops::Range;

use toml_span::Value;
use toml_span::value::ValueInner;

/// A value and its place in bytes. The place of a string includes its quotes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub span: Range<usize>,
    pub value: NodeValue,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum NodeValue {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Array(Vec<Node>),
    Table(Table),
}

/// A table: the place and the value of each key.
pub(super) type Table = BTreeMap<String, (Range<usize>, Node)>;

impl Node {
    /// Creates the tree of a parsed file. `text` is its text, which begins at byte `start` of all texts.
    pub(crate) fn new(mut value: Value<'_>, text: &str, start: usize) -> Self {
        let moved = |span: toml_span::Span| start + span.start..start + span.end;
        let span = value.span;
        let (span, value) = match value.take() {
            ValueInner::String(string) => (with_quotes(text, span), NodeValue::Text(string.into_owned())),
            ValueInner::Integer(number) => (span, NodeValue::Integer(number)),
            ValueInner::Float(number) => (span, NodeValue::Float(number)),
            ValueInner::Boolean(boolean) => (span, NodeValue::Boolean(boolean)),
            ValueInner::Array(values) => {
                (span, NodeValue::Array(values.into_iter().map(|value| Self::new(value, text, start)).collect()))
            }
            ValueInner::Table(table) => {
                let keys = table
                    .into_iter()
                    .map(|(key, value)| (key.name.into_owned(), (moved(key.span), Self::new(value, text, start))));
                (span, NodeValue::Table(keys.collect()))
            }
        };
        Self { span: moved(span), value }
    }

    /// Returns the place of the key at a dotted path.
    pub(crate) fn key_at(&self, path: &str) -> Option<&Range<usize>> {
        let NodeValue::Table(table) = &self.value else { return None };
        match path.split_once('.') {
            Some((key, rest)) => table.get(key)?.1.key_at(rest),
            None => table.get(path).map(|(span, _)| span),
        }
    }

    /// Returns the kind of value, with its article, as TOML names it.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            NodeValue::Text(_) => "a string",
            NodeValue::Integer(_) => "an integer",
            NodeValue::Float(_) => "a float",
            NodeValue::Boolean(_) => "a boolean",
            NodeValue::Array(_) => "an array",
            NodeValue::Table(_) => "a table",
        }
    }

    /// Returns this tree with another merged over it: tables key by key, other values as a whole.
    pub(crate) fn overlaid(&self, over: &Self) -> Self {
        match (&self.value, &over.value) {
            (NodeValue::Table(base), NodeValue::Table(top)) => {
                let mut table = base.clone();
                for (key, (span, node)) in top {
                    let merged = match base.get(key) {
                        Some((_, below)) => below.overlaid(node),
                        None => node.clone(),
                    };
                    table.insert(key.clone(), (span.clone(), merged));
                }
                Self { span: over.span.clone(), value: NodeValue::Table(table) }
            }
            _ => over.clone(),
        }
    }
}

/// Returns the place of a string with its quotes; the parser gives the place without them.
fn with_quotes(text: &str, span: toml_span::Span) -> toml_span::Span {
    let before = text.get(..span.start).unwrap_or_default();
    let inner = text.get(span.start..span.end).unwrap_or_default();
    // For an empty string the parser gives the place of the first quote.
    if matches!(inner, "\"" | "'") && text.get(span.end..).is_some_and(|rest| rest.starts_with(inner)) {
        return toml_span::Span { start: span.start, end: span.end + 1 };
    }
    // A line may end after the opening quotes of a multi-line string.
    let opened = before.strip_suffix('\n').map_or(before, |line| line.strip_suffix('\r').unwrap_or(line));
    let quotes = if opened.ends_with("\"\"\"") || opened.ends_with("'''") { 3 } else { 1 };
    let start = if quotes == 3 { opened.len() } else { before.len() };
    toml_span::Span { start: start.saturating_sub(quotes), end: (span.end + quotes).min(text.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Node {
        Node::new(toml_span::parse(text).expect("TOML"), text, 0)
    }

    #[test]
    fn place_of_a_string_includes_its_quotes() {
        for value in
            ["\"a\"", "'a'", "\"\"", "''", "\"\"\"a\"\"\"", "'''\na\nb'''", "\"\"\"\"\"\"", "\"\"\"\n\"\"\"", "\"é\""]
        {
            let text = format!("k = [1, {value}] # end");
            let NodeValue::Table(table) = tree(&text).value else { panic!("{text}") };
            let NodeValue::Array(nodes) = &table["k"].1.value else { panic!("{text}") };
            assert_eq!(&text[nodes[1].span.clone()], value);
        }
    }

    fn plain(node: &Node) -> String {
        match &node.value {
            NodeValue::Table(table) => {
                let inner: Vec<_> = table.iter().map(|(key, (_, value))| format!("{key}={}", plain(value))).collect();
                format!("{{{}}}", inner.join(","))
            }
            NodeValue::Integer(number) => number.to_string(),
            NodeValue::Array(values) => format!("{:?}", values.iter().map(plain).collect::<Vec<_>>()),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn tables_are_merged_and_other_values_replaced() {
        let base = tree("a = 1\nb = [1]\n[t]\nx = 1\ny = 1");
        let over = tree("b = [2]\nc = 3\n[t]\ny = 2");
        assert_eq!(plain(&base.overlaid(&over)), r#"{a=1,b=["2"],c=3,t={x=1,y=2}}"#);
    }
}
