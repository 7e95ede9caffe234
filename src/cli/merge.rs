//! `precall merge`.

use super::run::print_result;
use crate::arguments::MergeArguments;
use crate::job::{JobError, merge as merge_runs, missing_cases};
use precall_results::Exit;
use precall_support::output::eprintln;

pub(super) fn merge(arguments: &MergeArguments) -> Result<Exit, JobError> {
    let merged = merge_runs(&arguments.runs, &arguments.output)?;
    print_result(&merged.result, merged.directory.path(), arguments.verbose);
    for difference in &merged.differences {
        eprintln(format_args!("warning: {difference}"));
    }
    match missing_cases(&merged) {
        Some(error) => Err(error),
        None => Ok(merged.result.outcome.exit()),
    }
}
