//! Decodes `browser`: a kind, or a table.

use std::path::Path;

use crate::browser::{BrowserLack, BrowserSpec};
use crate::diagnostic::Fix;
use crate::model::CaseSpec;
use crate::node::{Node, NodeValue, Table};
use crate::problems::Problems;
use crate::table::TableReader;
use crate::written::quoted;
use precall_support::browser_kind::BrowserKind;

/// Decodes the browser of a page. A kind stands for a table.
pub(super) fn decode(path: &str, node: &Node, directory: &Path, problems: &mut Problems) -> BrowserSpec {
    let node = as_table(node);
    let mut reader = TableReader::new(path, &node, directory, problems);
    let kind = reader.choice("kind", &BrowserKind::WORDS, problems).unwrap_or_default();
    let version = reader.text("version", "156", problems);
    if let Some((text, node)) = version
        && !text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        let fix = (!digits.is_empty() && digits.split('.').all(|part| !part.is_empty())).then(|| quoted(&digits));
        problems.add_fixed(
            &node.span,
            format!("{text:?} is not the version of a browser"),
            "not a version",
            "write its first number, such as \"156\", or more of them: \"156.0.8078\"",
            fix.map(|text| Fix::of(node, text)),
        );
    }
    let program = reader.text("path", "/usr/bin/microsoft-edge", problems).map(|(text, node)| {
        let full = directory.join(text);
        if !full.is_file() {
            let message = format!("there is no browser at {}", full.display());
            problems.add(&node.span, message, "not found", "write the path of its program, relative to this file");
        }
        full
    });
    reader.finish(problems);
    BrowserSpec { kind, version: version.map(|(text, _)| text.to_owned()), path: program }
}

fn as_table(node: &Node) -> Node {
    match node.value {
        NodeValue::Text(_) => {
            let table = Table::from([("kind".to_owned(), (node.span.clone(), node.clone()))]);
            Node { span: node.span.clone(), value: NodeValue::Table(table) }
        }
        _ => node.clone(),
    }
}

/// Reports what the browsers of a case cannot do. A browser from the command line is checked once it is known which
/// cases run.
pub(super) fn check(case: &CaseSpec, node: &Node, problems: &mut Problems) {
    if node.key_at("browser").is_some_and(std::ops::Range::is_empty) {
        return;
    }
    for BrowserLack { key, what, help } in case.lacks() {
        let span = node.key_at(key).unwrap_or(&node.span).clone();
        problems.add(&span, format!("Firefox cannot {what}"), "not in Firefox", help);
    }
}
