//! Loads a scenario file.

use std::path::Path;

use super::decode::{self, over_defaults};
use super::deprecated;
use super::diagnostic::{Diagnostic, LoadError};
use super::gate;
use super::model::Scenario;
use super::named_file;
use super::node::{Node, NodeValue};
use super::overrides::Overrides;
use super::problems::Problems;
use super::renamed_key::DeprecatedKey;
use super::sources::Sources;
use super::syntax::Mistakes;
use precall_support::files::read_named;
use precall_support::text;

/// The largest scenario file, in bytes. Scenarios are written by hand.
const MOST_BYTES: u64 = 4 << 20;

/// The largest number of files that extend one another.
const MOST_FILES: usize = 16;

/// Reads and checks a file.
///
/// # Errors
///
/// Returns all mistakes in the file, or the reason why it cannot be read.
pub fn load(path: &Path) -> Result<Scenario, LoadError> {
    parse(&read_text(path)?, path)
}

/// Reads and checks a file, with values from the command line in place of its own.
///
/// # Errors
///
/// As [`load`]. A network of the overrides that does not exist is also an error.
pub fn load_with(path: &Path, overrides: &Overrides) -> Result<Scenario, LoadError> {
    parse_with(&read_text(path)?, path, overrides)
}

pub(super) fn read_text(path: &Path) -> Result<String, LoadError> {
    let read = read_named(path, MOST_BYTES).and_then(text_of);
    read.map_err(|error| {
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path; ready scenarios are in `scenarios/`".to_owned(),
            std::io::ErrorKind::IsADirectory => "give the path of a file in it".to_owned(),
            std::io::ErrorKind::InvalidData => "TOML must be UTF-8".to_owned(),
            _ => String::new(),
        };
        whole_file(path, format!("cannot read {}: {error}", path.display()), help)
    })
}

/// Returns the tree of a TOML text that extends no other, with the sources of its diagnostics.
///
/// # Errors
///
/// Returns the mistakes of a text that is not TOML.
pub(super) fn tree_of(text: &str, path: &Path) -> Result<(Node, Sources), LoadError> {
    let sources = Sources::new(path, text);
    match toml_span::parse(text) {
        Ok(value) => Ok((Node::new(value, text, 0), sources)),
        Err(_) => Err(no_toml(text, 0, sources, None)),
    }
}

fn text_of(bytes: Vec<u8>) -> std::io::Result<String> {
    text::decode(bytes).map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
}

/// Checks the text of a file. `path` is its name in errors; paths in the file are relative to it.
///
/// # Errors
///
/// As [`load`].
pub fn parse(text: &str, path: &Path) -> Result<Scenario, LoadError> {
    parse_with(text, path, &Overrides::default())
}

pub(super) fn parse_with(text: &str, path: &Path, overrides: &Overrides) -> Result<Scenario, LoadError> {
    let mut sources = Sources::new(path, text);
    let root = match toml_span::parse(text) {
        Ok(value) => Node::new(value, text, 0),
        Err(_) => return Err(no_toml(text, 0, sources, Some(path))),
    };
    let mut problems = Problems::default();
    problems.read_from(&sources);
    let root = extended(root, &mut sources, &mut problems)?;
    problems.read_from(&sources);
    let root = overrides.over(gate::matrix(root));
    let locate = |at: usize| sources.place(at);
    let mut scenario = decode::file(&root, path, &locate, &mut problems);
    scenario.digest = sources.digest();
    scenario.files = sources.paths();
    scenario.deprecated =
        problems.deprecated().map(|(span, key)| DeprecatedKey::new(key, locate(span.start))).collect();
    if problems.is_empty() { Ok(scenario) } else { Err(LoadError::new(sources, problems.into_inner())) }
}

/// Returns the mistakes of a text that is not TOML and begins at byte `start` of all texts. If every line can be
/// corrected, the corrected text is read as well, so that its other mistakes are reported at the same time.
fn no_toml(text: &str, start: usize, sources: Sources, path: Option<&Path>) -> LoadError {
    // This function is called only with a text that is not TOML.
    let Some(mistakes) = Mistakes::of(text) else { return LoadError::new(sources, Vec::new()) };
    let file = sources.locate(&(start..start)).0.to_owned();
    if !named_file::may_be_shown(&file, text, path.is_some()) {
        let line = named_file::first_wrong_line(text);
        let message = format!("{} is not TOML from line {line} on", file.display());
        let help = "give the path of a scenario; lines of other files are not shown, as they may be secret".to_owned();
        let diagnostic = Diagnostic { message, span: None, label: String::new(), help, fix: None };
        return LoadError::new(sources, vec![diagnostic]);
    }
    let others = match path.filter(|_| mistakes.is_whole).map(|path| parse(&mistakes.corrected, path)) {
        Some(Err(error)) => error.into_diagnostics(),
        _ => Vec::new(),
    };
    let found = mistakes.with_others(&others).into_iter().map(|diagnostic| diagnostic.moved(start));
    LoadError::new(sources, found.collect())
}

/// Merges a file over the file that it extends, recursively.
fn extended(mut node: Node, sources: &mut Sources, problems: &mut Problems) -> Result<Node, LoadError> {
    deprecated::rename(&mut node, problems);
    let NodeValue::Table(table) = &mut node.value else { return Ok(node) };
    let Some((_, named)) = table.remove("extends") else { return Ok(node) };
    let NodeValue::Text(name) = &named.value else {
        let help = "write the path of one file: `extends = \"common.toml\"`";
        problems.add(&named.span, format!("`extends` is {}, not a string", named.kind()), "not a string", help);
        return Ok(node);
    };
    let directory = sources.own_path().parent().unwrap_or(Path::new("")).to_owned();
    let path = directory.join(name);
    let read = named_file::extended(&directory, name, MOST_BYTES).and_then(|(real, bytes)| Ok((real, text_of(bytes)?)));
    let (real, text) = match read {
        Ok(read) => read,
        Err(error) => {
            let message = format!("cannot read {}: {error}", path.display());
            let help = "write the path of a .toml file with defaults and profiles, relative to the scenario";
            problems.add(&named.span, message, "not readable", help);
            return Ok(node);
        }
    };
    if sources.has(&real) {
        let help = "a file cannot extend itself, not even through other files";
        problems.add(&named.span, format!("{} extends itself", path.display()), "already read", help);
        return Ok(node);
    }
    if sources.len() == MOST_FILES {
        let help = "merge them into fewer files";
        problems.add(&named.span, format!("over {MOST_FILES} files extend one another"), "one too many", help);
        return Ok(node);
    }
    let start = sources.add(&path, &real, &text);
    let base = match toml_span::parse(&text) {
        Ok(value) => Node::new(value, &text, start),
        Err(_) => return Err(no_toml(&text, start, sources.clone(), None)),
    };
    let base = extended(base, sources, problems)?;
    if let NodeValue::Table(table) = &base.value {
        for key in ["case", "name"] {
            if let Some((span, _)) = table.get(key) {
                let message = format!("a file that is extended has a `{key}`");
                let help = "it can have what scenarios share: defaults, profiles, a matrix";
                problems.add(span, message, "not shared", help);
            }
        }
    }
    Ok(over_defaults(&base, &node))
}

fn whole_file(path: &Path, message: String, help: String) -> LoadError {
    let diagnostic = Diagnostic { message, span: None, label: String::new(), help, fix: None };
    LoadError::new(Sources::new(path, ""), vec![diagnostic])
}

#[cfg(test)]
mod mistakes;
#[cfg(test)]
pub(super) mod tests;
