//! Annotations of GitHub Actions: workflow commands that are printed, and shown at the scenario's line.

use super::figures::{finding, is_flaky, missed};
use super::repository::Repository;
use crate::event::{Answer, CaseResult, Recording};
use crate::outcome::Outcome;
use crate::scenario::label;

/// A line for each thing that is worth an annotation, errors first: GitHub shows ten of each kind.
pub(super) fn github(run: &Recording, repository: &Repository) -> String {
    let mut lines: Vec<(&'static str, String)> = Vec::new();
    for case in &run.result.cases {
        let file = file_of(run, case).map(|file| Place::of(run, repository, file, None));
        // What is wrong with the old build is said, and fails nothing.
        let is_excused = run.result.upgrade.as_ref().is_some_and(|upgrade| upgrade.excuses(case));
        let level = level(case.outcome).map(|level| if is_excused { "warning" } else { level });
        let title = format!("{}: {}", case.case, case.outcome.as_str());
        if let Some(level) = level {
            for reason in &case.reasons {
                lines.push((level, command(level, file.as_ref(), &title, reason)));
            }
            for checked in case.expectations.iter().filter(|checked| !checked.passed) {
                let source = &checked.expectation.source;
                let position = Some((source.line, source.column));
                let place = source.file.as_deref().or(file_of(run, case));
                let place = place.map(|file| Place::of(run, repository, file, position));
                lines.push((level, command(level, place.as_ref(), &title, &missed(checked, Some(case)))));
            }
        }
        for found in &case.findings {
            lines.push(("warning", command("warning", file.as_ref(), &title, &finding(found))));
        }
        if is_flaky(case) {
            let text = format!("passed only in attempt {} of {}", case.attempts.len(), case.attempts.len());
            lines.push(("warning", command("warning", file.as_ref(), &title, &text)));
        }
    }
    for warning in &run.warnings {
        lines.push(("warning", command("warning", None, &run.result.run.scenario, warning)));
    }
    lines.sort_by_key(|(level, _)| *level != "error");
    if let Some(upgrade) = &run.result.upgrade {
        let level = match upgrade.answer {
            Answer::NoWorse if run.result.outcome == Outcome::Passed => "notice",
            Answer::CannotTell if run.result.outcome != Outcome::Failed => "warning",
            _ => "error",
        };
        lines.insert(0, (level, command(level, None, &run.result.run.scenario, &upgrade.sentence)));
    }
    lines.into_iter().map(|(_, line)| line + "\n").collect()
}

/// What an annotation is about.
enum Place {
    /// A file of the repository, relative to its root, and where in it: line and column, from 1.
    Inside(String, Option<(usize, usize)>),
    /// A file that GitHub cannot show.
    Outside(String),
}

impl Place {
    fn of(run: &Recording, repository: &Repository, file: &str, position: Option<(usize, usize)>) -> Self {
        match repository.place(file, &run.scenarios) {
            Some(inside) => Self::Inside(inside, position),
            None => {
                let line = position.map_or_else(String::new, |(line, _)| format!(", line {line}"));
                Self::Outside(format!("{file}{line}"))
            }
        }
    }
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
        (several, Some(name)) => {
            let by_name = run.scenario_names.iter().position(|known| label(known) == *name);
            // Runs that an older precall recorded have no names.
            let by_file = || {
                several.iter().position(|path| {
                    let stem = std::path::Path::new(path).file_stem().unwrap_or_default();
                    label(&stem.to_string_lossy()) == *name
                })
            };
            several.get(by_name.or_else(by_file)?).map(String::as_str)
        }
        _ => None,
    }
}

/// `::error file=…,line=…,col=…,title=…::message`.
fn command(level: &str, place: Option<&Place>, title: &str, message: &str) -> String {
    let mut properties = Vec::new();
    let mut message = message.to_owned();
    match place {
        Some(Place::Inside(file, position)) => {
            properties.push(format!("file={}", property(file)));
            properties.extend(position.map(|(line, column)| format!("line={line},col={column}")));
        }
        Some(Place::Outside(file)) => message.push_str(&format!(" ({file})")),
        None => {}
    }
    properties.push(format!("title={}", property(title)));
    format!("::{level} {}::{}", properties.join(","), data(&message))
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

    /// A program that runs where none of the recorded files is.
    fn nowhere() -> Repository {
        Repository::new(None, std::path::Path::new("/nowhere"))
    }

    #[test]
    fn what_did_not_pass_is_annotated_where_it_stands() {
        insta::assert_snapshot!(github(&recorded(), &nowhere()));
    }

    #[test]
    fn of_several_files_a_case_is_annotated_in_its_own() {
        let mut run = recorded();
        run.scenarios = vec!["a/one.toml".to_owned(), "a/two.toml".to_owned()];
        assert_eq!(file_of(&run, &run.result.cases[1]), None);
        run.result.cases[1].axes.insert("scenario".to_owned(), "two".to_owned());
        assert_eq!(file_of(&run, &run.result.cases[1]), Some("a/two.toml"));
        // What a scenario calls itself wins over what its file is called.
        run.scenario_names = vec!["two".to_owned(), "one".to_owned()];
        assert_eq!(file_of(&run, &run.result.cases[1]), Some("a/one.toml"));
    }

    #[test]
    fn a_file_outside_of_the_repository_is_named_in_the_message() {
        let root = tempfile::tempdir().expect("a directory");
        let mut run = recorded();
        run.scenarios = vec!["/elsewhere/demo.toml".to_owned()];
        let text = github(&run, &Repository::new(Some(root.path()), root.path()));
        let first = text.lines().next().expect("a line");
        assert!(!first.contains("file=") && first.ends_with("(/elsewhere/demo.toml, line 29)"), "{first}");
    }
}
