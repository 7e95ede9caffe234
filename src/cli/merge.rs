//! `precall merge`.

use super::error::{exit, show};
use super::run::print_result;
use crate::arguments::MergeArguments;
use crate::job::{JobError, merge as merge_runs, missing_cases, store_run};
use crate::show::reports_text;
use precall_results::Exit;
use precall_support::output::{eprintln, print_data};

pub(super) async fn merge(arguments: &MergeArguments) -> Result<Exit, JobError> {
    let merged = merge_runs(&arguments.runs, arguments.wait, &arguments.output).await?;
    print_result(&merged.result, merged.directory.path(), arguments.verbose);
    for difference in &merged.differences {
        eprintln(format_args!("warning: {difference}"));
    }
    let mut code = Exit::Passed;
    if let Some(address) = &arguments.store {
        match store_run(merged.directory.path(), merged.result.outcome, address).await {
            Ok(stored) => print_data(reports_text(&[stored])),
            Err(error) => {
                show(&error);
                code = exit(&error);
            }
        }
    }
    match missing_cases(&merged) {
        Some(error) => Err(error),
        None => Ok(code.worst(merged.result.outcome.exit())),
    }
}
