//! `precall merge`.

use super::args::MergeArguments;
use super::error::CliError;
use super::run::print_result;
use crate::job::conclude;
use crate::record::{Merged, merge as merge_runs};
use precall_results::Exit;
use precall_support::output::eprintln;

pub(super) fn merge(arguments: &MergeArguments) -> Result<Exit, CliError> {
    let Merged { directory, result, missing, differences } =
        merge_runs(&arguments.runs, &arguments.output, |result| conclude(result, None))?;
    print_result(&result, directory.path(), arguments.verbose);
    for difference in differences {
        eprintln(format_args!("warning: {difference}"));
    }
    if missing.is_empty() {
        return Ok(result.outcome.exit());
    }
    let message = format!(
        "{} of {} planned cases are in none of these runs, such as {}; name the runs of all shards, and end those that were \
         interrupted with `precall run --resume`",
        missing.len(),
        result.run.cases.len(),
        missing.iter().take(3).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
    );
    Err(CliError::new(Exit::Infrastructure, message))
}
