//! Rows of the index for a run.

use rusqlite::{Transaction, params};

use crate::record::ReadError;
use precall_judge::history::RunState;
use precall_report::sweeps;
use precall_results::{CaseKey, CaseResult, MeasuredAgain, Metric, Outcome, RunResult};

/// Inserts a run that is over.
pub(super) fn insert_finished(
    index: &Transaction<'_>,
    directory: &str,
    stamp: &str,
    result: &RunResult,
) -> rusqlite::Result<()> {
    let count = |is: &dyn Fn(&CaseResult) -> bool| {
        u32::try_from(result.cases.iter().filter(|case| is(case)).count()).unwrap_or(u32::MAX)
    };
    index.execute(
        "INSERT INTO run (directory, stamp, state, scenario, started_at, seconds, outcome, cases, passed, flaky,
                          browser, precall, note, branch, calibration)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        params![
            directory,
            stamp,
            RunState::Finished.as_str(),
            result.run.scenario,
            result.run.started_at,
            result.duration.as_secs_f64(),
            result.outcome.as_str(),
            count(&|_| true),
            count(&|case| case.outcome == Outcome::Passed),
            count(&is_flaky),
            result.run.environment.browser,
            result.run.environment.precall,
            result.upgrade.as_ref().map(|upgrade| upgrade.sentence.as_str()),
            result.run.environment.branch.as_deref().unwrap_or_default(),
            !sweeps(result).is_empty(),
        ],
    )?;
    let run = index.last_insert_rowid();
    let mut cases =
        index.prepare_cached("INSERT INTO result (run, cell, sdk, failed, flaky) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut figures = index.prepare_cached("INSERT INTO figure (metric, result, value) VALUES (?1, ?2, ?3)")?;
    for case in result.cases.iter().filter(|case| case.outcome.is_conclusive()) {
        // Modules report other figures for the same network, so they are told apart; releases are what a trend is over.
        let cell = CaseKey::of(case).without("sdk").id();
        let is_failed = case.outcome == Outcome::Failed;
        cases.execute(params![run, cell, case.sdk.version, is_failed, is_flaky(case)])?;
        let row = index.last_insert_rowid();
        for metric in Metric::ALL.iter().copied() {
            if let Some(value) = case.metric(metric).and_then(|value| value.number()) {
                figures.execute(params![metric.as_str(), row, value])?;
            }
        }
    }
    Ok(())
}

fn is_flaky(case: &CaseResult) -> bool {
    case.measured_again() == Some(MeasuredAgain::Flaky)
}

/// Inserts a run without results: it goes on, it died, or `error` says why its results cannot be read.
pub(super) fn insert_unfinished(
    index: &Transaction<'_>,
    directory: &str,
    stamp: &str,
    error: Option<&ReadError>,
) -> rusqlite::Result<()> {
    let state = if error.is_some() { RunState::Unreadable } else { RunState::Unfinished };
    index.execute(
        "INSERT INTO run (directory, stamp, state, note) VALUES (?1, ?2, ?3, ?4)",
        params![directory, stamp, state.as_str(), error.map(ToString::to_string)],
    )?;
    Ok(())
}
