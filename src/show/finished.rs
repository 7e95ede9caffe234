//! The text of a run that is over.

use std::path::Path;

use super::shell_word::shell_word;
use crate::job::{FinishedRun, WrittenReport};
use crate::record::cleaned;
use precall_report::terminal::{View, comparison, paragraph, summary};
use precall_results::{CaseResult, Outcome, RunResult};
use precall_support::output::eprintln;
use precall_support::text::Printable;

/// Returns the summary of a run, the place of its record, the command that explains what did not pass, and its
/// comparison with a baseline.
pub fn finished_text(finished: &FinishedRun, view: View) -> String {
    let mut text = result_text(&finished.result, &finished.path, view);
    text.push_str(&why(&finished.result, &finished.path).unwrap_or_default());
    if let (Some(compared), true) = (&finished.comparison, finished.has_baseline) {
        text.push_str(&format!("\n{}", comparison(compared, view)));
    }
    text
}

/// Returns a line with the command that explains the cases that did not pass. Absent if there is nothing to explain.
fn why(result: &RunResult, path: &Path) -> Option<String> {
    let is_explained = |case: &CaseResult| !matches!(case.outcome, Outcome::Passed | Outcome::Interrupted);
    let is_any = result.cases.iter().any(is_explained);
    is_any.then(|| format!("why: precall explain {}\n", shell_word(path)))
}

/// Returns the answer of a run that compares two builds. Absent for other runs.
pub fn answer_text(finished: &FinishedRun, view: View) -> Option<String> {
    let upgrade = finished.result.upgrade.as_ref()?;
    Some(format!("\n{}", paragraph(Printable::line(&upgrade.sentence).as_str(), view)))
}

/// Returns reports without a file, and the files of the others. Prints a warning for each report that lacks a part.
pub fn reports_text(reports: &[WrittenReport]) -> String {
    let mut text = String::new();
    for report in reports {
        match report {
            WrittenReport::Text(report) => text.push_str(report),
            WrittenReport::File { format, path } => {
                text.push_str(&format!("{}: {}\n", format.as_str(), path.display()));
            }
            WrittenReport::Sent { format, destination } => {
                text.push_str(&format!("{}: sent to {destination}\n", format.as_str()));
            }
            WrittenReport::Stored { address, left_out } => {
                text.push_str(&format!("stored: {address}\n"));
                for file in left_out {
                    eprintln(format_args!("warning: {file} has more than 256 MiB, and is not in the store"));
                }
            }
            WrittenReport::Incomplete(reason) => eprintln(format_args!("warning: {reason}")),
        }
    }
    text
}

/// Returns the summary of a run, and the place of its record.
pub fn result_text(result: &RunResult, path: &Path, view: View) -> String {
    let place = path.join("results.json");
    format!("\n{}\nresults: {}\n", summary(result, cleaned, view), place.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_explains_what_did_not_pass() {
        let recorded = include_str!("../../tests/fixtures/results.json");
        let mut result: RunResult = serde_json::from_str(recorded).expect("a recorded result");
        let mut with = |outcome| {
            result.cases.iter_mut().for_each(|case| case.outcome = Outcome::Passed);
            result.cases[0].outcome = outcome;
            why(&result, Path::new("my runs/a"))
        };
        for outcome in [Outcome::Failed, Outcome::Errored, Outcome::Hung, Outcome::Inconclusive] {
            assert_eq!(with(outcome).as_deref(), Some("why: precall explain 'my runs/a'\n"), "{outcome:?}");
        }
        assert_eq!((with(Outcome::Passed), with(Outcome::Interrupted)), (None, None));
    }
}
