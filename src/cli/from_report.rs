//! `precall from-report`.

use crate::arguments::FromReportArguments;
use crate::job::{JobError, scenario_of_report};
use precall_results::Exit;
use precall_support::output::{print, println};

pub(super) fn from_report(arguments: &FromReportArguments) -> Result<Exit, JobError> {
    let text = scenario_of_report(&arguments.report, arguments.output.as_deref())?;
    match &arguments.output {
        None => print(text),
        Some(file) => println(format_args!("scenario: {}", file.display())),
    }
    Ok(Exit::Passed)
}
