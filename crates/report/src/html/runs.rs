//! The page of past runs.

use serde::Serialize;

use super::classes::outcome_class;
use super::templates::{render, url_part};
use crate::ReportError;
use crate::format::{self, NONE};
use precall_judge::history::{FlakyCase, PastRun, RunState};
use precall_results::Outcome;

#[derive(Debug, Serialize)]
struct RunsView<'a> {
    place: String,
    runs: Vec<RunView>,
    /// The names of the runs that can be compared, the latest first.
    finished: Vec<String>,
    /// The scenarios that can be run from the page; absent where it starts no runs.
    scenarios: Option<&'a [String]>,
    collects: bool,
}

#[derive(Debug, Serialize)]
struct RunView {
    name: String,
    /// The name as a part of a URL.
    link: String,
    scenario: String,
    started: String,
    outcome: &'static str,
    class: &'static str,
    cases: String,
    passed: String,
    flaky: String,
    duration: String,
    browser: String,
    note: Option<String>,
    is_calibration: bool,
    /// Whether cases can be run again because they did not pass.
    has_failed: bool,
}

/// Returns the page of past runs, with a link to each. `place` is the directory of the runs. With `scenarios`, it has
/// forms that run one of them, or run again what failed. With `collects`, it has a link to the reports of people.
///
/// # Errors
///
/// If the template is broken.
pub fn runs_html(
    runs: &[PastRun],
    place: &str,
    scenarios: Option<&[String]>,
    collects: bool,
) -> Result<String, ReportError> {
    let finished = runs.iter().filter(|run| run.state == RunState::Finished).map(|run| run.run.clone());
    let view = RunsView {
        place: place.to_owned(),
        runs: runs.iter().map(run_view).collect(),
        finished: finished.collect(),
        scenarios,
        collects,
    };
    render("runs.html", &view)
}

#[derive(Debug, Serialize)]
struct FlakyView<'a> {
    cases: Vec<FlakyCaseView<'a>>,
}

#[derive(Debug, Serialize)]
struct FlakyCaseView<'a> {
    #[serde(flatten)]
    case: &'a FlakyCase,
    /// The name of the last run as a part of a URL.
    link: String,
}

/// Returns the page of the cases whose repeats did not agree.
///
/// # Errors
///
/// If the template is broken.
pub fn flaky_html(cases: &[FlakyCase]) -> Result<String, ReportError> {
    let cases = cases.iter().map(|case| FlakyCaseView { case, link: url_part(&case.last_run) });
    render("flaky.html", &FlakyView { cases: cases.collect() })
}

#[derive(Debug, Serialize)]
struct TokenView {
    is_wrong: bool,
}

/// Returns the page that asks for the token of a server. `is_wrong` says that a wrong one was given.
///
/// # Errors
///
/// If the template is broken.
pub fn token_html(is_wrong: bool) -> Result<String, ReportError> {
    render("token.html", &TokenView { is_wrong })
}

fn run_view(run: &PastRun) -> RunView {
    let is_finished = run.state == RunState::Finished;
    let count = |number: u32| if is_finished { number.to_string() } else { NONE.to_owned() };
    RunView {
        name: run.run.clone(),
        link: url_part(&run.run),
        scenario: run.scenario.clone(),
        started: run.started_at.clone(),
        outcome: run.outcome.map_or(run.state.as_str(), Outcome::as_str),
        class: run.outcome.map_or("warn", outcome_class),
        cases: count(run.cases),
        passed: count(run.passed),
        flaky: count(run.flaky),
        duration: format::or_none(run.seconds, format::seconds),
        browser: run.browser.clone(),
        note: run.note.clone(),
        is_calibration: run.is_calibration,
        has_failed: is_finished && run.passed < run.cases,
    }
}
