//! Reading a scenario file.

use std::path::Path;

use super::decode::{self, over_defaults};
use super::diagnostic::{Diagnostic, LoadError};
use super::gate;
use super::model::Scenario;
use super::node::{Node, NodeValue};
use super::overrides::Overrides;
use super::sources::Sources;
use super::table::Problems;
use crate::text;

/// Reads and checks a file.
///
/// # Errors
///
/// When it cannot be read, or says anything that precall does not understand: everything at once.
pub fn load(path: &Path) -> Result<Scenario, LoadError> {
    parse(&read(path)?, path)
}

/// Reads and checks a file in which something is to be other than it says.
///
/// # Errors
///
/// As of [`load`], and when an override names a network that there is not.
pub fn load_with(path: &Path, overrides: &Overrides) -> Result<Scenario, LoadError> {
    parse_with(&read(path)?, path, overrides)
}

fn read(path: &Path) -> Result<String, LoadError> {
    text::read(path).map_err(|error| {
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path; ready scenarios are in `scenarios/`".to_owned(),
            std::io::ErrorKind::IsADirectory => "name a file in it".to_owned(),
            std::io::ErrorKind::InvalidData => "TOML has to be UTF-8".to_owned(),
            _ => String::new(),
        };
        whole_file(path, format!("cannot read {}: {error}", path.display()), help)
    })
}

/// Reads a file's text; `path` is its name in errors, and what paths in it are relative to.
///
/// # Errors
///
/// As of [`load`].
pub fn parse(text: &str, path: &Path) -> Result<Scenario, LoadError> {
    parse_with(text, path, &Overrides::default())
}

pub(super) fn parse_with(text: &str, path: &Path, overrides: &Overrides) -> Result<Scenario, LoadError> {
    let mut sources = Sources::new(path, text);
    let root = tree(text, 0, &sources)?;
    let mut problems = Problems::default();
    let root = extended(root, &mut sources, &mut problems)?;
    let root = overrides.over(gate::matrix(root));
    let locate = |at: usize| sources.place(at);
    let mut scenario = decode::file(&root, path, &locate, &mut problems);
    scenario.digest = sources.digest();
    if problems.is_empty() { Ok(scenario) } else { Err(LoadError::new(sources, problems.into_inner())) }
}

/// The tree of a text that begins at `start` among the sources.
fn tree(text: &str, start: usize, sources: &Sources) -> Result<Node, LoadError> {
    match toml_span::parse(text) {
        Ok(value) => Ok(Node::new(value, start)),
        Err(error) => {
            let end = |at: usize| start + at.min(text.len());
            let diagnostic = Diagnostic {
                message: format!("this is not TOML: {}", error.kind),
                span: Some(end(error.span.start)..end(error.span.end)),
                label: "here".to_owned(),
                help: "strings are quoted, tables are written [name], and every key stands once".to_owned(),
            };
            Err(LoadError::new(sources.clone(), vec![diagnostic]))
        }
    }
}

/// Lays a file over the one that it extends, and that over its own.
fn extended(mut node: Node, sources: &mut Sources, problems: &mut Problems) -> Result<Node, LoadError> {
    let NodeValue::Table(table) = &mut node.value else { return Ok(node) };
    let Some((_, named)) = table.remove("extends") else { return Ok(node) };
    let NodeValue::Text(name) = &named.value else {
        let help = "write `extends = \"common.toml\"`";
        problems.add(&named.span, format!("`extends` is {}, not a string", named.kind()), "not a string", help);
        return Ok(node);
    };
    let path = sources.own_path().parent().unwrap_or(Path::new("")).join(name);
    if sources.has(&path) {
        let help = "a file cannot build on itself";
        problems.add(&named.span, format!("{} extends itself", path.display()), "read already", help);
        return Ok(node);
    }
    let text = match text::read(&path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot read {}: {error}", path.display());
            let help = "write the path of a file with defaults and profiles, relative to the scenario";
            problems.add(&named.span, message, "not readable", help);
            return Ok(node);
        }
    };
    let start = sources.add(&path, &text);
    let base = tree(&text, start, sources)?;
    let base = extended(base, sources, problems)?;
    if let NodeValue::Table(table) = &base.value {
        for key in ["case", "name"] {
            if let Some((span, _)) = table.get(key) {
                let message = format!("a file that is extended has a `{key}`");
                let help = "it holds what scenarios share: defaults, profiles, a matrix";
                problems.add(span, message, "not shared", help);
            }
        }
    }
    Ok(over_defaults(&base, &node))
}

fn whole_file(path: &Path, message: String, help: String) -> LoadError {
    LoadError::new(Sources::new(path, ""), vec![Diagnostic { message, span: None, label: String::new(), help }])
}

#[cfg(test)]
pub(super) mod tests;
