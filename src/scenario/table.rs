//! Reading a table: each key is asked for once, and what nobody asked for is wrong.

use std::ops::Range;

#[cfg(test)]
use super::asked::{Asked, note};
use super::diagnostic::Diagnostic;
use super::node::{Node, NodeValue, Table};
use crate::units::UnitError;

/// What has been found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Diagnostic>);

impl Problems {
    /// Adds one that stands at `span`.
    pub fn add(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) {
        let problem =
            Diagnostic { message: message.into(), span: Some(span.clone()), label: label.into(), help: help.into() };
        // What goes for both directions is wrong in both, and said once.
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_inner(self) -> Vec<Diagnostic> {
        self.0
    }
}

/// As many keys as most tables can have.
const KEYS: usize = 16;

/// A table that is being read.
pub(super) struct Reader<'a> {
    /// Where it stands in the file: `case.network.up`; empty at the top.
    path: String,
    span: Range<usize>,
    table: Option<&'a Table>,
    known: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    /// Begins to read a table; anything else is wrong, and read as an empty one.
    pub fn new(path: &str, node: &'a Node, problems: &mut Problems) -> Self {
        let table = match &node.value {
            NodeValue::Table(table) => Some(table),
            _ => {
                problems.add(
                    &node.span,
                    format!("`{path}` is {}, not a table", node.kind()),
                    "not a table",
                    format!("write it as [{path}] with keys below it, or as {{ key = value }}"),
                );
                None
            }
        };
        Self { path: path.to_owned(), span: node.span.clone(), table, known: Vec::with_capacity(KEYS) }
    }

    /// Where the table stands.
    pub fn span(&self) -> &Range<usize> {
        &self.span
    }

    /// The path of a key in it.
    pub fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key.
    pub fn get(&mut self, key: &'static str) -> Option<&'a Node> {
        self.known.push(key);
        #[cfg(test)]
        note(&self.path, key, None);
        self.table?.get(key).map(|(_, node)| node)
    }

    /// Where a key stands.
    pub fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.table?.get(key).map(|(span, _)| span.clone())
    }

    /// A table below this one.
    pub fn table(&mut self, key: &'static str, problems: &mut Problems) -> Option<Reader<'a>> {
        #[cfg(test)]
        note(&self.path, key, Some(Asked::Table));
        let node = self.get(key)?;
        Some(Reader::new(&self.path_of(key), node, problems))
    }

    /// Whether it is a table at all.
    pub fn is_table(&self) -> bool {
        self.table.is_some()
    }

    /// One or more tables: a table, or an array of them.
    pub fn tables(&mut self, key: &'static str, example: &str, problems: &mut Problems) -> Option<Vec<Reader<'a>>> {
        #[cfg(test)]
        note(&self.path, key, Some(Asked::Tables));
        let node = self.get(key)?;
        match &node.value {
            NodeValue::Table(_) => Some(vec![Reader::new(&self.path_of(key), node, problems)]),
            NodeValue::Array(nodes) => {
                Some(nodes.iter().map(|node| Reader::new(&self.path_of(key), node, problems)).collect())
            }
            _ => {
                self.wrong_kind(key, node, "a table or a list of tables", example, problems);
                None
            }
        }
    }

    /// A string.
    pub fn text(&mut self, key: &'static str, example: &str, problems: &mut Problems) -> Option<(&'a str, &'a Node)> {
        #[cfg(test)]
        note(&self.path, key, Some(Asked::Text));
        let node = self.get(key)?;
        match &node.value {
            NodeValue::Text(text) => Some((text, node)),
            _ => {
                self.wrong_kind(key, node, "a string", &format!("{key} = {example:?}"), problems);
                None
            }
        }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &'static str, problems: &mut Problems) -> Option<bool> {
        #[cfg(test)]
        note(&self.path, key, Some(Asked::Boolean));
        let node = self.get(key)?;
        match node.value {
            NodeValue::Boolean(boolean) => Some(boolean),
            _ => {
                self.wrong_kind(key, node, "true or false", &format!("{key} = true"), problems);
                None
            }
        }
    }

    /// A whole number.
    pub fn integer(&mut self, key: &'static str, problems: &mut Problems) -> Option<(i64, &'a Node)> {
        #[cfg(test)]
        note(&self.path, key, Some(Asked::Integer));
        let node = self.get(key)?;
        match node.value {
            NodeValue::Integer(number) => Some((number, node)),
            _ => {
                self.wrong_kind(key, node, "a whole number", &format!("{key} = 1"), problems);
                None
            }
        }
    }

    /// A quantity with a unit.
    pub fn quantity<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl Fn(&str) -> Result<T, UnitError>,
        problems: &mut Problems,
    ) -> Option<(T, &'a Node)> {
        #[cfg(test)]
        note(&self.path, key, Some(Asked::Text));
        let (text, node) = match self.get(key) {
            None => return None,
            Some(node @ Node { value: NodeValue::Text(text), .. }) => (text, node),
            Some(node) => {
                self.wrong_kind(key, node, "a quantity with its unit", &format!("{key} = {example:?}"), problems);
                return None;
            }
        };
        match read(text) {
            Ok(value) => Some((value, node)),
            Err(UnitError(reason)) => {
                let help = format!("write it as `{key} = {example:?}`");
                problems.add(&node.span, format!("`{}`: {reason}", self.path_of(key)), "not a quantity", help);
                None
            }
        }
    }

    /// One of a few words.
    pub fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&'static str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        #[cfg(test)]
        note(&self.path, key, Some(Asked::Choice(choices.iter().map(|(word, _)| *word).collect())));
        let (text, node) = self.text(key, choices[0].0, problems)?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        problems.add(
            &node.span,
            format!("`{}` cannot be {text:?}", self.path_of(key)),
            "unknown value",
            suggestion(text, &words),
        );
        None
    }

    fn wrong_kind(&self, key: &str, node: &Node, wanted: &str, example: &str, problems: &mut Problems) {
        problems.add(
            &node.span,
            format!("`{}` is {}, not {wanted}", self.path_of(key), node.kind()),
            format!("not {wanted}"),
            format!("write it as `{example}`"),
        );
    }

    /// Ends the reading: every key that nobody asked for is wrong.
    pub fn finish(self, problems: &mut Problems) {
        for (key, (span, _)) in self.table.into_iter().flatten() {
            if !self.known.contains(&key.as_str()) {
                let place = if self.path.is_empty() { "at the top".to_owned() } else { format!("in `{}`", self.path) };
                problems.add(span, format!("unknown key `{key}` {place}"), "unknown key", suggestion(key, &self.known));
            }
        }
    }
}

/// `did you mean …?`, or the words that would be right.
pub fn suggestion(given: &str, right: &[&str]) -> String {
    let closest = right
        .iter()
        .map(|word| (strsim::damerau_levenshtein(&given.to_lowercase(), &word.to_lowercase()), *word))
        .min_by_key(|(distance, _)| *distance)
        // A third of the letters wrong is a slip; more is another word.
        .filter(|(distance, word)| *distance * 3 <= word.len().max(3));
    let list = right.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    match closest {
        Some((_, word)) => format!("did you mean `{word}`? There are {list}"),
        None => format!("there are {list}"),
    }
}
