//! The keys of `precall.toml`.

use std::path::{Path, PathBuf};

use crate::node::{Node, NodeValue};
use crate::problems::Problems;
use crate::suggest::suggested_value;
use crate::table::TableReader;
use precall_support::browser_kind::BrowserKind;

/// The largest number of repeats of a case.
pub(super) const MOST_REPEATS: u32 = 1000;

/// The largest number of cases at once.
pub(super) const MOST_SLOTS: u32 = 64;

/// Defaults of the command line. An absent one is precall's own. Paths are relative to the working directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectDefaults {
    /// The scenario files, or directories of them, that run when none is named (`scenarios`).
    pub scenarios: Vec<PathBuf>,
    /// The directory of the runs (`runs`).
    pub runs: Option<PathBuf>,
    /// The directory of the baselines (`baselines`).
    pub baselines: Option<PathBuf>,
    /// The number of cases that run at once (`slots`), 1 to 64.
    pub slots: Option<u32>,
    /// The number of repeats of each case (`repeat`), 1 to 1000.
    pub repeat: Option<u32>,
    /// The number of failures after which no further case starts (`maxFailures`), from 1.
    pub max_failures: Option<u32>,
    /// The reports of each run (`reports`), as `--report` takes them.
    pub reports: Vec<String>,
    /// The kind of browser (`browser`).
    pub browser: Option<BrowserKind>,
}

impl ProjectDefaults {
    /// Returns these defaults with others over them.
    pub(super) fn under(&self, over: &Self) -> Self {
        Self {
            scenarios: if over.scenarios.is_empty() { self.scenarios.clone() } else { over.scenarios.clone() },
            runs: over.runs.clone().or_else(|| self.runs.clone()),
            baselines: over.baselines.clone().or_else(|| self.baselines.clone()),
            slots: over.slots.or(self.slots),
            repeat: over.repeat.or(self.repeat),
            max_failures: over.max_failures.or(self.max_failures),
            reports: if over.reports.is_empty() { self.reports.clone() } else { over.reports.clone() },
            browser: over.browser.or(self.browser),
        }
    }
}

/// Reads the keys that the file and each profile can have. `formats` are those of reports.
pub(super) fn decode(reader: &mut TableReader<'_>, formats: &[&str], problems: &mut Problems) -> ProjectDefaults {
    let directory = reader.directory();
    let mut number = |key, most: u32, reader: &mut TableReader<'_>| {
        let message = format!("`{}` is out of range", reader.path_of(key));
        reader.integer_within(key, 1..=most, &message, problems)
    };
    let slots = number("slots", MOST_SLOTS, reader);
    let repeat = number("repeat", MOST_REPEATS, reader);
    let max_failures = number("maxFailures", u32::MAX, reader);
    let path = |text: &str| directory.join(text);
    let runs = reader.text("runs", "runs", problems).map(|(text, _)| path(text));
    let baselines = reader.text("baselines", "baselines", problems).map(|(text, _)| path(text));
    let browser = reader.choice("browser", &BrowserKind::WORDS, problems);
    let scenarios = texts("scenarios", "upgrade-gate.toml", reader, problems);
    let reports = texts("reports", "html", reader, problems);
    for (report, node) in &reports {
        let (format, file) = report.split_once('=').map_or((*report, None), |(format, file)| (format, Some(file)));
        if !formats.contains(&format) {
            let (help, _) = suggested_value(format, formats);
            problems.add(&node.span, format!("there is no report {format:?}"), "unknown report", help);
        } else if file == Some("") {
            let help = format!("write a file behind the `=`, or leave it out: `{format}`");
            problems.add(&node.span, "a report has no file", "no file", help);
        }
    }
    ProjectDefaults {
        scenarios: scenarios.into_iter().map(|(text, _)| path(text)).collect(),
        runs,
        baselines,
        slots,
        repeat,
        max_failures,
        reports: reports.into_iter().map(|(text, _)| in_directory(text, directory)).collect(),
        browser,
    }
}

/// A report whose file is relative to the directory of `precall.toml`.
fn in_directory(report: &str, directory: &Path) -> String {
    match report.split_once('=') {
        Some((format, file)) => format!("{format}={}", directory.join(file).display()),
        None => report.to_owned(),
    }
}

/// Reads one text, or a list of them.
fn texts<'a>(
    key: &'static str,
    example: &str,
    reader: &mut TableReader<'a>,
    problems: &mut Problems,
) -> Vec<(&'a str, &'a Node)> {
    let Some(node) = reader.get(key) else { return Vec::new() };
    let nodes = match &node.value {
        NodeValue::Array(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut found = Vec::with_capacity(nodes.len());
    for node in nodes {
        match &node.value {
            NodeValue::Text(text) if !text.is_empty() => found.push((text.as_str(), node)),
            NodeValue::Text(_) => {
                let help = format!("write it as in `{key} = [{example:?}]`");
                problems.add(&node.span, format!("`{}` has an empty text", reader.path_of(key)), "empty", help);
            }
            _ => {
                let message = format!("`{}` has {}, not a string", reader.path_of(key), node.kind());
                problems.add(&node.span, message, "not a string", format!("write it as in `{key} = [{example:?}]`"));
            }
        }
    }
    found
}
