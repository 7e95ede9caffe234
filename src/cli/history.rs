//! `precall history`.

use crate::arguments::{HistoryCommand, HistoryForm};
use crate::history::RunIndex;
use crate::job::JobError;
use crate::show::view;
use precall_report::{flaky_cases_csv, past_runs_csv, terminal, trends_csv};
use precall_results::Exit;
use precall_support::output::{print, print_json};

pub(super) fn history(command: &HistoryCommand) -> Result<Exit, JobError> {
    match command {
        HistoryCommand::List { runs, limit, form } => {
            let (index, _) = RunIndex::open(&runs.runs)?;
            let found = index.runs(runs.scenario.as_deref(), *limit as usize)?;
            match form {
                HistoryForm { json: true, .. } => print_json(serde_json::to_string_pretty(&found)?),
                HistoryForm { csv: true, .. } => print(past_runs_csv(&found)?),
                HistoryForm { .. } => print(terminal::past_runs(&found, view(false))),
            }
        }
        HistoryCommand::Flaky { runs, form } => {
            let (index, _) = RunIndex::open(&runs.runs)?;
            let found = index.flaky(runs.scenario.as_deref())?;
            match form {
                HistoryForm { json: true, .. } => print_json(serde_json::to_string_pretty(&found)?),
                HistoryForm { csv: true, .. } => print(flaky_cases_csv(&found)?),
                HistoryForm { .. } => print(terminal::flaky_cases(&found, view(false))),
            }
        }
        HistoryCommand::Trend { metric, runs, by, cell, branch, form } => {
            let (index, _) = RunIndex::open(&runs.runs)?;
            let by = by.group_by();
            let found = index.trends(*metric, by, &runs.filter(cell.as_ref(), branch.as_ref()))?;
            match form {
                HistoryForm { json: true, .. } => print_json(serde_json::to_string_pretty(&found)?),
                HistoryForm { csv: true, .. } => print(trends_csv(&found)?),
                HistoryForm { .. } => print(terminal::trend(*metric, &found, by.as_str(), view(false))),
            }
        }
    }
    Ok(Exit::Passed)
}
