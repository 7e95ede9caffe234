//! Reads the keys of a table. A key that the decoder does not read is an error.

mod advice;

use std::ops::{Range, RangeInclusive};
use std::path::Path;

use super::diagnostic::Fix;
#[cfg(test)]
use super::key_log::{KeyKind, record};
use super::node::{Node, NodeValue, Table};
use super::problems::Problems;
use super::suggest::{closest, suggested_value, suggestion};
use super::{misplaced, written};
use advice::{Meant, as_axis, is_axis, misplaced_help, not_a_table, shown};
use precall_netem::units::UnitError;

/// The usual largest number of keys of a table.
const KEYS: usize = 16;

/// Keys that apply to the whole file.
const TOP: [&str; 4] = ["seed", "extends", "profiles", "compare"];

/// A table that is being read.
pub(super) struct TableReader<'a> {
    /// The path of the table in the file: `case.network.up`; empty at the top level.
    path: String,
    /// The directory of the scenario, to which paths in it are relative.
    directory: &'a Path,
    span: Range<usize>,
    table: Option<&'a Table>,
    known: Vec<&'static str>,
}

impl<'a> TableReader<'a> {
    /// Starts to read a table. Any other value is reported, and read as an empty table.
    pub(crate) fn new(path: &str, node: &'a Node, directory: &'a Path, problems: &mut Problems) -> Self {
        Self::of_key(path, None, node, directory, problems)
    }

    /// Starts to read the value of the key at `key`.
    fn of_key(
        path: &str,
        key: Option<&Range<usize>>,
        node: &'a Node,
        directory: &'a Path,
        problems: &mut Problems,
    ) -> Self {
        let table = match &node.value {
            NodeValue::Table(table) => Some(table),
            _ => {
                not_a_table(path, key, node, problems);
                None
            }
        };
        Self { path: path.to_owned(), directory, span: node.span.clone(), table, known: Vec::with_capacity(KEYS) }
    }

    /// Returns the directory of the scenario, to which paths in it are relative.
    pub(crate) fn directory(&self) -> &'a Path {
        self.directory
    }

    /// Returns the place of the table.
    pub(crate) fn span(&self) -> &Range<usize> {
        &self.span
    }

    /// Returns the path of a key, in a form that is valid in a case and at the top level.
    pub(crate) fn path_of(&self, key: &str) -> String {
        shown(&self.full_path_of(key)).to_owned()
    }

    fn full_path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Returns the value of a key.
    pub(crate) fn get(&mut self, key: &'static str) -> Option<&'a Node> {
        self.known.push(key);
        #[cfg(test)]
        record(&self.path, key, None);
        self.table?.get(key).map(|(_, node)| node)
    }

    /// Returns the place of a key.
    pub(crate) fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.table?.get(key).map(|(span, _)| span.clone())
    }

    /// Reads a table below this one.
    pub(crate) fn table(&mut self, key: &'static str, problems: &mut Problems) -> Option<TableReader<'a>> {
        #[cfg(test)]
        record(&self.path, key, Some(KeyKind::Table));
        let node = self.get(key)?;
        Some(TableReader::of_key(&self.full_path_of(key), self.key_span(key).as_ref(), node, self.directory, problems))
    }

    /// Reads a table of tables with names of their own.
    pub(crate) fn named_tables(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
    ) -> Vec<(String, TableReader<'a>)> {
        let Some(reader) = self.table(key, problems) else { return Vec::new() };
        let tables = reader.table.into_iter().flatten().map(|(name, (span, node))| {
            let path = reader.full_path_of(name);
            (name.clone(), TableReader::of_key(&path, Some(span), node, reader.directory, problems))
        });
        tables.collect()
    }

    /// Returns whether the value is a table.
    pub(crate) fn is_table(&self) -> bool {
        self.table.is_some()
    }

    /// Reads a table or an array of tables.
    pub(crate) fn tables(
        &mut self,
        key: &'static str,
        example: &str,
        problems: &mut Problems,
    ) -> Option<Vec<TableReader<'a>>> {
        #[cfg(test)]
        record(&self.path, key, Some(KeyKind::Tables));
        let node = self.get(key)?;
        match &node.value {
            NodeValue::Table(_) => {
                Some(vec![TableReader::new(&self.full_path_of(key), node, self.directory, problems)])
            }
            NodeValue::Array(nodes) => Some(
                nodes
                    .iter()
                    .map(|node| TableReader::new(&self.full_path_of(key), node, self.directory, problems))
                    .collect(),
            ),
            _ => {
                self.wrong_kind(key, node, "a table or a list of tables", Meant::Like(example), problems);
                None
            }
        }
    }

    /// Reads a string.
    pub(crate) fn text(
        &mut self,
        key: &'static str,
        example: &str,
        problems: &mut Problems,
    ) -> Option<(&'a str, &'a Node)> {
        #[cfg(test)]
        record(&self.path, key, Some(KeyKind::Text));
        let node = self.get(key)?;
        match &node.value {
            NodeValue::Text(text) => Some((text, node)),
            _ => {
                let meant = written::text(node, problems.written(&node.span)).map(|text| written::quoted(&text));
                self.wrong_kind(
                    key,
                    node,
                    "a string",
                    Meant::or_like(meant, &format!("{key} = {example:?}")),
                    problems,
                );
                None
            }
        }
    }

    /// Reads `true` or `false`.
    pub(crate) fn boolean(&mut self, key: &'static str, problems: &mut Problems) -> Option<bool> {
        #[cfg(test)]
        record(&self.path, key, Some(KeyKind::Boolean));
        let node = self.get(key)?;
        match node.value {
            NodeValue::Boolean(boolean) => Some(boolean),
            _ => {
                let meant = written::boolean(node).map(|boolean| boolean.to_string());
                self.wrong_kind(key, node, "true or false", Meant::or_like(meant, &format!("{key} = true")), problems);
                None
            }
        }
    }

    /// Reads an integer.
    pub(crate) fn integer(&mut self, key: &'static str, problems: &mut Problems) -> Option<(i64, &'a Node)> {
        #[cfg(test)]
        record(&self.path, key, Some(KeyKind::Integer));
        let node = self.get(key)?;
        match node.value {
            NodeValue::Integer(number) => Some((number, node)),
            _ => {
                let meant = written::integer(node).map(|number| number.to_string());
                self.wrong_kind(key, node, "a whole number", Meant::or_like(meant, &format!("{key} = 1")), problems);
                None
            }
        }
    }

    /// Reads an integer in a range. `message` is the error of any other.
    pub(crate) fn integer_within(
        &mut self,
        key: &'static str,
        range: RangeInclusive<u32>,
        message: &str,
        problems: &mut Problems,
    ) -> Option<u32> {
        let (number, node) = self.integer(key, problems)?;
        let (low, high) = (i64::from(*range.start()), i64::from(*range.end()));
        let found = u32::try_from(number).ok().filter(|number| range.contains(number));
        if found.is_none() {
            let nearest = number.clamp(low, high).to_string();
            let help = format!("write {low} to {high}, such as `{key} = {nearest}`");
            problems.add_fixed(&node.span, message, "out of range", help, Some(Fix::of(node, nearest)));
        }
        found
    }

    /// Reads a quantity with a unit.
    pub(crate) fn quantity<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl Fn(&str) -> Result<T, UnitError>,
        problems: &mut Problems,
    ) -> Option<(T, &'a Node)> {
        #[cfg(test)]
        record(&self.path, key, Some(KeyKind::Text));
        let (text, node) = match self.get(key) {
            None => return None,
            Some(node @ Node { value: NodeValue::Text(text), .. }) => (text, node),
            Some(node) => {
                let number = written::bare_number(node).and_then(|number| written::with_unit(number, example));
                let meant = number.filter(|text| read(text).is_ok());
                let meant = meant.or_else(|| written::quantity(problems.written(&node.span), example, &read));
                let meant = meant.filter(|_| !is_axis(node)).map(|text| written::quoted(&text));
                let like = format!("{} = {example:?}", problems.written_key(&node.span, key));
                self.wrong_kind(key, node, "a quantity with its unit", Meant::or_like(meant, &like), problems);
                return None;
            }
        };
        let error = match read(text) {
            Ok(value) => return Some((value, node)),
            Err(error) => error,
        };
        let message = format!("`{}`: {}", self.path_of(key), error.reason);
        match written::quantity(text, example, read) {
            Some(meant) => {
                let meant = written::quoted(&meant);
                let help = format!("write `{} = {meant}`", problems.written_key(&node.span, key));
                problems.add_fixed(&node.span, message, "not a quantity", help, Some(Fix::of(node, meant)));
            }
            // Advice that is invalid itself is of no use.
            None if error.instead.is_some() => {
                let help = format!("write it as in `{} = {example:?}`", problems.written_key(&node.span, key));
                problems.add(&node.span, message, "not a quantity", help);
            }
            None => problems.add(&node.span, message, "not a quantity", error.advice),
        }
        None
    }

    /// Reads one of several words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&'static str, T)],
        problems: &mut Problems,
    ) -> Option<T> {
        #[cfg(test)]
        record(&self.path, key, Some(KeyKind::Choice(choices.iter().map(|(word, _)| *word).collect())));
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let node = self.get(key)?;
        let NodeValue::Text(text) = &node.value else {
            let message = format!("`{}` is {}, not one of its values", self.path_of(key), node.kind());
            let (help, meant) = suggested_value(problems.written(&node.span), &words);
            problems.add_fixed(&node.span, message, "not a value", help, meant.map(|meant| Fix::of(node, meant)));
            return None;
        };
        if let Some((_, value)) = choices.iter().find(|(word, _)| word == text) {
            return Some(*value);
        }
        let message = format!("`{}` cannot be {text:?}", self.path_of(key));
        let (help, meant) = suggested_value(text, &words);
        problems.add_fixed(&node.span, message, "unknown value", help, meant.map(|meant| Fix::of(node, meant)));
        None
    }

    fn wrong_kind(&self, key: &str, node: &Node, wanted: &str, meant: Meant<'_>, problems: &mut Problems) {
        let message = format!("`{}` is {}, not {wanted}", self.path_of(key), node.kind());
        let (help, fix) = match meant {
            _ if is_axis(node) => (as_axis(&self.path_of(key), problems.written(&node.span)), None),
            Meant::Surely(text) => {
                (format!("write `{} = {text}`", problems.written_key(&node.span, key)), Some(Fix::of(node, text)))
            }
            Meant::Like(example) => (format!("write it as in `{example}`"), None),
        };
        problems.add_fixed(&node.span, message, format!("not {wanted}"), help, fix);
    }

    /// Ends the reading, and reports every key that was not read.
    pub(crate) fn finish(self, problems: &mut Problems) {
        for (key, (span, node)) in self.table.into_iter().flatten() {
            if self.known.contains(&key.as_str()) {
                continue;
            }
            let place = match self.path.as_str() {
                "" => "at the top".to_owned(),
                "case" => "in a case".to_owned(),
                path => format!("in `{}`", shown(path)),
            };
            let message = format!("unknown key `{key}` {place}");
            let is_outside = matches!(self.path.as_str(), "" | "case");
            let home = misplaced::home(key, matches!(node.value, NodeValue::Table(_))).filter(|_| is_outside);
            let (help, fix) = match (closest(key, &self.known), home) {
                _ if self.path == "case" && TOP.contains(&key.as_str()) => {
                    (format!("write `{key}` at the top, above the first [[case]]: it applies to the whole file"), None)
                }
                (Some(word), _) => (format!("did you mean `{word}`?"), Some(word.to_owned())),
                (None, Some(path)) => misplaced_help(self.table, path),
                (None, None) => (suggestion(key, &self.known), None),
            };
            let fix = fix.map(|text| Fix { span: span.clone(), text });
            problems.add_fixed(span, message, "unknown key", help, fix);
        }
    }
}
