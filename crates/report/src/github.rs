//! Annotations of GitHub Actions: workflow commands that are printed, and that GitHub shows at a line of the scenario.

use super::figures::{finding, missed, reported_misses};
use super::joint_results::joint_results;
use super::names::Names;
use super::repository::Repository;
use precall_results::Outcome;
use precall_results::{Answer, CaseResult, MeasuredAgain, Recording};
use precall_results::{Level, Source};
use precall_scenario::label;

/// The levels of annotations, the most severe first.
const LEVELS: [&str; 3] = ["error", "warning", "notice"];

/// Returns a line for each annotation, the most severe first: GitHub shows ten of each level.
pub(super) fn github(run: &Recording, repository: &Repository) -> String {
    let names = Names::of_run(&run.result);
    let mut lines: Vec<(&'static str, String)> = Vec::new();
    for case in &run.result.cases {
        let file = file_of(run, case);
        let place = file.map(|file| AnnotationPlace::of(run, repository, file, None));
        // Problems of the old build are reported but do not fail the run.
        let is_excused = run.result.upgrade.as_ref().is_some_and(|upgrade| upgrade.excuses(case));
        let loudness = level(case.outcome).map(|level| if is_excused { "warning" } else { level });
        let title = format!("{}: {}", names.case(&case.case), case.outcome.as_str());
        let mut add = |level: &'static str, place: Option<&AnnotationPlace>, text: &str| {
            lines.push((level, command(level, place, &title, text)));
        };
        if let Some(level) = loudness {
            case.reasons.iter().for_each(|reason| add(level, place.as_ref(), reason));
        }
        for checked in reported_misses(case) {
            // For a case that ended early, a missed expectation is no more severe than the outcome.
            let level = match (loudness, checked.expectation.level) {
                (Some(level), Level::Error) => level,
                _ => "warning",
            };
            let at = place_of(run, repository, file, &checked.expectation.source);
            add(level, at.as_ref(), &missed(checked, Some(case)));
        }
        case.findings.iter().for_each(|found| add("warning", place.as_ref(), &finding(found)));
        if let Some((why, text)) = again(case) {
            // A busy host is no reason for a warning: the release under test did not cause it.
            let level = if why == MeasuredAgain::Flaky { "warning" } else { "notice" };
            add(level, place.as_ref(), &text);
        }
    }
    for one in joint_results(&run.result).iter().filter(|one| one.is_reported()) {
        let level = if one.fails_the_run() { "error" } else { "warning" };
        // The cases of a result determine its file, if the run has several.
        let case =
            run.result.cases.iter().find(|case| one.cases.iter().any(|id| names.cell(&case.case) == names.cell(id)));
        let file = case.map_or_else(|| only_file(run), |case| file_of(run, case));
        let place = match one.source {
            Some(source) => place_of(run, repository, file, source),
            None => file.map(|file| AnnotationPlace::of(run, repository, file, None)),
        };
        let title = format!("{}: {}", one.about(&names), one.word());
        lines.push((level, command(level, place.as_ref(), &title, &one.text)));
    }
    for warning in &run.warnings {
        lines.push(("warning", command("warning", None, &run.result.run.scenario, warning)));
    }
    lines.sort_by_key(|(level, _)| LEVELS.iter().position(|known| known == level));
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

/// Returns why a case was measured more than once, and the outcome of the attempt before the final one.
fn again(case: &CaseResult) -> Option<(MeasuredAgain, String)> {
    let why = case.measured_again()?;
    let (_, earlier) = case.attempts.split_last()?;
    let before = earlier.last()?;
    let (attempts, number) = (case.attempts.len(), earlier.len());
    let said: Vec<_> =
        std::iter::once(before.outcome.as_str()).chain(before.reasons.iter().map(String::as_str)).collect();
    let text = format!("{}; attempt {attempts} counts; attempt {number}: {}", why.as_str(), said.join(": "));
    Some((why, text))
}

/// Returns the place of an expectation.
fn place_of(run: &Recording, repository: &Repository, file: Option<&str>, source: &Source) -> Option<AnnotationPlace> {
    let file = source.file.as_deref().or(file)?;
    Some(AnnotationPlace::of(run, repository, file, Some((source.line, source.column))))
}

/// Returns the scenario file of a run that has only one.
fn only_file(run: &Recording) -> Option<&str> {
    match run.scenarios.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// The place of an annotation.
enum AnnotationPlace {
    /// A file of the repository, relative to its root, with line and column, counted from 1.
    Inside(String, Option<(usize, usize)>),
    /// A file outside the repository, which GitHub cannot show.
    Outside(String),
}

impl AnnotationPlace {
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

/// Returns the level of an outcome. `None` for a pass.
fn level(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Passed => None,
        Outcome::Interrupted => Some("warning"),
        _ => Some("error"),
    }
}

/// Returns the scenario file of a case: the only one, or the one with the scenario name of the case.
fn file_of<'a>(run: &'a Recording, case: &CaseResult) -> Option<&'a str> {
    match (run.scenarios.as_slice(), case.axes.get("scenario")) {
        ([only], _) => Some(only),
        (several, Some(name)) => {
            let by_name = run.scenario_names.iter().position(|known| label(known) == *name);
            // Runs of older versions of precall have no names.
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

/// Returns `::error file=…,line=…,col=…,title=…::message`.
fn command(level: &str, place: Option<&AnnotationPlace>, title: &str, message: &str) -> String {
    let mut properties = Vec::new();
    let mut message = message.to_owned();
    match place {
        Some(AnnotationPlace::Inside(file, position)) => {
            properties.push(format!("file={}", property(file)));
            properties.extend(position.map(|(line, column)| format!("line={line},col={column}")));
        }
        Some(AnnotationPlace::Outside(file)) => message.push_str(&format!(" ({file})")),
        None => {}
    }
    properties.push(format!("title={}", property(title)));
    format!("::{level} {}::{}", properties.join(","), data(&message))
}

/// Escapes a message, which must be one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property's value, including the characters that end one.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{recorded, with_rules};
    use precall_results::Attempt;

    /// Returns a repository that contains none of the recorded files.
    fn nowhere() -> Repository {
        Repository::new(None, std::path::Path::new("/nowhere"))
    }

    #[test]
    fn missed_expectations_are_annotated_at_their_lines() {
        insta::assert_snapshot!(github(&recorded(), &nowhere()));
    }

    #[test]
    fn results_over_several_cases_are_annotated() {
        let mut run = with_rules();
        run.result.cases.clear();
        run.warnings.clear();
        insta::assert_snapshot!(github(&run, &nowhere()));
    }

    #[test]
    fn a_busy_host_is_only_a_notice() {
        let mut run = recorded();
        let mut case = run.result.cases[0].clone();
        let busy = "the host could not keep up: the camera gave 28.2 frames/s (at least 28.5)".to_owned();
        case.attempts.insert(
            0,
            Attempt {
                outcome: Outcome::Inconclusive,
                reasons: vec![busy],
                duration: std::time::Duration::from_secs(20),
            },
        );
        let mut flaky = case.clone();
        flaky.attempts[0] =
            Attempt { outcome: Outcome::Failed, reasons: Vec::new(), duration: std::time::Duration::from_secs(20) };
        run.result.cases = vec![case, flaky];
        run.warnings.clear();
        insta::assert_snapshot!(github(&run, &nowhere()));
    }

    #[test]
    fn a_case_is_annotated_in_its_own_file() {
        let mut run = recorded();
        run.scenarios = vec!["a/one.toml".to_owned(), "a/two.toml".to_owned()];
        assert_eq!(file_of(&run, &run.result.cases[1]), None);
        run.result.cases[1].axes.insert("scenario".to_owned(), "two".to_owned());
        assert_eq!(file_of(&run, &run.result.cases[1]), Some("a/two.toml"));
        // The name in the scenario has priority over the name of the file.
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
