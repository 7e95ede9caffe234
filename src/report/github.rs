//! Annotations of GitHub Actions: workflow commands that are printed, and shown at the scenario's line.

use super::figures::{finding, is_flaky, missed};
use crate::event::{CaseResult, Recording};
use crate::outcome::Outcome;
use crate::scenario::label;

/// A line for each thing that is worth an annotation, errors first: GitHub shows ten of each kind.
pub(super) fn github(run: &Recording) -> String {
    let mut lines: Vec<(&'static str, String)> = Vec::new();
    for case in &run.result.cases {
        let file = file_of(run, case);
        let level = level(case.outcome);
        let title = format!("{}: {}", case.case, case.outcome.as_str());
        if let Some(level) = level {
            for reason in &case.reasons {
                lines.push((level, command(level, file, None, &title, reason)));
            }
            for checked in case.expectations.iter().filter(|checked| !checked.passed) {
                let source = &checked.expectation.source;
                let file = source.file.as_deref().or(file);
                let place = file.map(|_| (source.line, source.column));
                lines.push((level, command(level, file, place, &title, &missed(checked))));
            }
        }
        for found in &case.findings {
            lines.push(("warning", command("warning", file, None, &title, &finding(found))));
        }
        if is_flaky(case) {
            let text = format!("passed only in attempt {} of {}", case.attempts.len(), case.attempts.len());
            lines.push(("warning", command("warning", file, None, &title, &text)));
        }
    }
    for warning in &run.warnings {
        lines.push(("warning", command("warning", None, None, &run.result.run.scenario, warning)));
    }
    lines.sort_by_key(|(level, _)| *level != "error");
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

/// How loud an outcome is; `None` for a pass.
fn level(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Passed => None,
        Outcome::Interrupted => Some("warning"),
        _ => Some("error"),
    }
}

/// The scenario file of a case: the only one, or the one of several whose name the case has.
fn file_of<'a>(run: &'a Recording, case: &CaseResult) -> Option<&'a str> {
    match (run.scenarios.as_slice(), case.axes.get("scenario")) {
        ([only], _) => Some(only),
        (several, Some(name)) => several.iter().map(String::as_str).find(|path| {
            let stem = std::path::Path::new(path).file_stem().unwrap_or_default();
            label(&stem.to_string_lossy()) == *name
        }),
        _ => None,
    }
}

/// `::error file=…,line=…,col=…,title=…::message`.
fn command(level: &str, file: Option<&str>, place: Option<(usize, usize)>, title: &str, message: &str) -> String {
    let mut properties: Vec<_> = file.map(|file| format!("file={}", property(file))).into_iter().collect();
    properties.extend(place.map(|(line, column)| format!("line={line},col={column}")));
    properties.push(format!("title={}", property(title)));
    format!("::{level} {}::{}", properties.join(","), data(message))
}

/// A message: one line, whatever is in it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property's value: what ends one is escaped as well.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::recorded;

    #[test]
    fn what_did_not_pass_is_annotated_where_it_stands() {
        insta::assert_snapshot!(github(&recorded()));
    }

    #[test]
    fn of_several_files_a_case_is_annotated_in_its_own() {
        let mut run = recorded();
        run.scenarios = vec!["a/one.toml".to_owned(), "a/two.toml".to_owned()];
        assert_eq!(file_of(&run, &run.result.cases[1]), None);
        run.result.cases[1].axes.insert("scenario".to_owned(), "two".to_owned());
        assert_eq!(file_of(&run, &run.result.cases[1]), Some("a/two.toml"));
    }
}
