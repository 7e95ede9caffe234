//! The page of past runs.

use serde::Serialize;

use super::classes::outcome_class;
use super::templates::{render, url_part};
use crate::ReportError;
use crate::format::{self, NONE};
use precall_judge::history::{PastRun, RunState};
use precall_results::Outcome;

#[derive(Debug, Serialize)]
struct RunsView {
    place: String,
    runs: Vec<RunView>,
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
}

/// Returns the page of past runs, with a link to each. `place` is the directory of the runs.
///
/// # Errors
///
/// If the template is broken.
pub fn runs_html(runs: &[PastRun], place: &str) -> Result<String, ReportError> {
    render("runs.html", &RunsView { place: place.to_owned(), runs: runs.iter().map(run_view).collect() })
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
    }
}
