//! `precall rescore`.

use std::path::Path;

use super::run::print_result;
use crate::arguments::RescoreArguments;
use crate::job::{JobError, rescore};
use crate::record::write_json;
use precall_judge::rescore::Rescored;
use precall_results::Exit;
use precall_support::output::println;

pub(super) fn run(arguments: &RescoreArguments) -> Result<Exit, JobError> {
    let (result, rescored) = rescore(&arguments.run, &arguments.scenarios)?;
    let written = arguments.json.as_ref().map(|file| write_json(file, &result)).transpose();
    if arguments.json.as_deref() != Some(Path::new("-")) {
        print_result(&result, &arguments.run, arguments.verbose);
        for Rescored { result, before } in rescored.iter().filter(|case| case.before != case.result.outcome) {
            println(format_args!("{}: was {}, is {}", result.case, before.as_str(), result.outcome.as_str()));
        }
    }
    written?;
    Ok(result.outcome.exit())
}
