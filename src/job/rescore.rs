//! Judging a recorded run again, with its own scenario or with a changed one.

use std::path::{Path, PathBuf};

use super::conclusion::conclude;
use super::error::JobError;
use super::host::cpus;
use super::scenario_files::scenarios_of;
use crate::record::{CaseRecords, ReadError, read_results};
use precall_judge::call::CallRecord;
use precall_judge::rescore::{Rescored, Specs, rescore as rescore_case, rescore_call};
use precall_results::{CaseResult, Level, Outcome, RunResult};
use precall_scenario::Scenario;

/// Judges a recorded run by these scenarios, or without any by its own; returns the new result, and each case with its
/// outcome before. Scenarios that are given also replace how the run is compared, and the level of its invariants.
///
/// # Errors
///
/// When the run or a scenario cannot be read, or no scenario has a recorded case.
pub fn rescore(run: &Path, scenarios: &[PathBuf]) -> Result<(RunResult, Vec<Rescored>), JobError> {
    let mut result = read_results(run)?;
    let is_other = !scenarios.is_empty();
    let scenarios = scenarios_of(run, scenarios)?;
    if let Some(first) = scenarios.first().filter(|_| is_other) {
        result.run.compare = first.compare.clone();
        result.run.invariants = strictest(&scenarios);
    }
    let specs = Specs::of(&scenarios);
    if let Some(unknown) = result.cases.iter().find(|case| specs.of_case(case).is_none()) {
        return Err(JobError::UnknownRecordedCase(unknown.case.clone()));
    }
    let rescored = in_parallel(run, &result.cases, &specs)?;
    result.cases = rescored.iter().map(|case| case.result.clone()).collect();
    let outcomes: Vec<_> = result.cases.iter().map(|case| case.outcome).collect();
    // A case that never ran did not pass.
    if result.outcome != Outcome::Interrupted {
        result.outcome = Outcome::worst(&outcomes);
    }
    conclude(&mut result, None);
    Ok((result, rescored))
}

/// Returns the strictest level of invariants among the cases of scenarios.
fn strictest(scenarios: &[Scenario]) -> Level {
    let levels = scenarios.iter().flat_map(|scenario| &scenario.cases).map(|case| case.invariants);
    levels.min().unwrap_or(Level::Warn)
}

/// Rescores the cases on every CPU, since reading their records takes longest.
fn in_parallel(run: &Path, cases: &[CaseResult], specs: &Specs<'_>) -> Result<Vec<Rescored>, ReadError> {
    let records = CaseRecords::open(run)?;
    let part = cases.len().div_ceil(cpus()).max(1);
    let one = |case: &CaseResult| {
        let spec = specs.of_case(case)?;
        Some(match &spec.call {
            Some(call) => records.call(&case.case).map(|(lines, samples)| {
                rescore_call(case, spec, call, CallRecord { lines: &lines, samples: &samples })
            }),
            None => records.samples(&case.case).map(|samples| rescore_case(case, spec, &samples)),
        })
    };
    std::thread::scope(|scope| {
        let parts: Vec<_> = cases
            .chunks(part)
            .map(|cases| scope.spawn(move || cases.iter().filter_map(one).collect::<Vec<_>>()))
            .collect();
        // A panic is a fault of precall, and continues as one.
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
