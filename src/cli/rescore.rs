//! `precall rescore`.

use std::path::{Path, PathBuf};

use super::args_of_results::RescoreArguments;
use super::error::CliError;
use super::planning::load_of_run;
use super::run::print_result;
use crate::job::conclude;
use crate::record::{ReadError, read_plan, read_results, read_samples, write_json};
use precall_judge::rescore::{Rescored, Specs, rescore};
use precall_results::Exit;
use precall_results::Outcome;
use precall_results::{CaseResult, RunResult};
use precall_scenario::{Overrides, Scenario, load};
use precall_support::output::println;

pub(super) fn run(arguments: &RescoreArguments) -> Result<Exit, CliError> {
    let (result, rescored) = rescored(&arguments.run, &arguments.scenarios)?;
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

/// A recorded run judged by these scenarios; by its own without any.
pub(super) fn rescored(run: &Path, scenarios: &[PathBuf]) -> Result<(RunResult, Vec<Rescored>), CliError> {
    let mut result = read_results(run).map_err(|error| CliError::new(Exit::Usage, error))?;
    let scenarios = scenarios_of(run, scenarios)?;
    let specs = Specs::of(&scenarios);
    if let Some(unknown) = result.cases.iter().find(|case| specs.of_case(case).is_none()) {
        let message = format!(
            "the scenario says nothing of the recorded case {}: it has no case of that name and axes",
            unknown.case
        );
        return Err(CliError::new(Exit::Scenario, message));
    }
    let rescored = in_parallel(run, &result.cases, &specs)?;
    result.cases = rescored.iter().map(|case| case.result.clone()).collect();
    let outcomes: Vec<_> = result.cases.iter().map(|case| case.outcome).collect();
    // What never ran did not pass.
    if result.outcome != Outcome::Interrupted {
        result.outcome = Outcome::gravest(&outcomes);
    }
    conclude(&mut result, None);
    Ok((result, rescored))
}

/// Those that are named, or those of the run.
pub(super) fn scenarios_of(run: &Path, scenarios: &[PathBuf]) -> Result<Vec<Scenario>, CliError> {
    if scenarios.is_empty() {
        let files = read_plan(run)?.scenarios;
        return files.iter().map(|file| load_of_run(file, &Overrides::default())).collect();
    }
    scenarios.iter().map(|file| Ok(load(file)?)).collect()
}

/// Reading what was recorded takes longest, and every CPU can do a part of it.
fn in_parallel(run: &Path, cases: &[CaseResult], specs: &Specs<'_>) -> Result<Vec<Rescored>, ReadError> {
    let part = cases.len().div_ceil(super::list::cpus()).max(1);
    let one = |case: &CaseResult| {
        let spec = specs.of_case(case)?;
        Some(read_samples(run, &case.case).map(|samples| rescore(case, spec, &samples)))
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = cases
            .chunks(part)
            .map(|cases| scope.spawn(move || cases.iter().filter_map(one).collect::<Vec<_>>()))
            .collect();
        // A panic is a fault of precall, and goes on as one.
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
