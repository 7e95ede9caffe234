//! The text of a run that is over.

use std::path::Path;

use crate::job::{FinishedRun, WrittenReport};
use crate::record::cleaned;
use precall_report::terminal::{View, comparison, paragraph, summary};
use precall_results::RunResult;
use precall_support::output::eprintln;
use precall_support::text::Printable;

/// Returns the summary of a run, the place of its record, and its comparison with a baseline.
pub fn finished_text(finished: &FinishedRun, view: View) -> String {
    let mut text = result_text(&finished.result, &finished.path, view);
    if let (Some(compared), true) = (&finished.comparison, finished.has_baseline) {
        text.push_str(&format!("\n{}", comparison(compared, view)));
    }
    text
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
