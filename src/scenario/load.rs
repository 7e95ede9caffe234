//! Reading a scenario file.

use std::path::Path;

use super::decode;
use super::diagnostic::{Diagnostic, LoadError};
use super::model::{Scenario, Source};
use super::node::Node;
use super::table::Problems;

/// Reads and checks a file.
///
/// # Errors
///
/// When it cannot be read, or says anything that precall does not understand: everything at once.
pub fn load(path: &Path) -> Result<Scenario, LoadError> {
    let bytes = std::fs::read(path).map_err(|error| {
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => "check the path; ready scenarios are in `scenarios/`".to_owned(),
            std::io::ErrorKind::IsADirectory => "name a file in it".to_owned(),
            _ => String::new(),
        };
        whole_file(path, format!("cannot read {}: {error}", path.display()), help)
    })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        whole_file(
            path,
            format!("{} is not UTF-8 text", path.display()),
            "save it as UTF-8, as TOML has to be".to_owned(),
        )
    })?;
    parse(&text, path)
}

/// Reads a file's text; `path` is its name in errors, and what paths in it are relative to.
///
/// # Errors
///
/// As of [`load`].
pub fn parse(text: &str, path: &Path) -> Result<Scenario, LoadError> {
    let root = toml_span::parse(text).map_err(|error| {
        let span = error.span.start.min(text.len())..error.span.end.min(text.len());
        let diagnostic = Diagnostic {
            message: format!("this is not TOML: {}", error.kind),
            span: Some(span),
            label: "here".to_owned(),
            help: "strings are quoted, tables are written [name], and every key stands once".to_owned(),
        };
        LoadError::new(path, text, vec![diagnostic])
    })?;
    let mut problems = Problems::default();
    let locate = |at: usize| place(text, at);
    let scenario = decode::file(&Node::new(root), path, &locate, &mut problems);
    if problems.is_empty() { Ok(scenario) } else { Err(LoadError::new(path, text, problems.into_inner())) }
}

fn whole_file(path: &Path, message: String, help: String) -> LoadError {
    LoadError::new(path, "", vec![Diagnostic { message, span: None, label: String::new(), help }])
}

/// The line and column of a byte.
fn place(text: &str, at: usize) -> Source {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Source { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

#[cfg(test)]
mod tests;
