//! Explaining recorded cases.

use std::path::{Path, PathBuf};

use super::case_choice::{Chosen, chosen};
use super::error::JobError;
use super::scenario_files::scenarios_of;
use crate::record::{CaseRecords, cleaned, read_results};
use precall_judge::explain::{Explanation, explain as explain_case};
use precall_judge::rescore::Specs;
use precall_results::CaseResult;

/// Explains the cases of a recorded run that `words` name, or without words those that failed. Returns the
/// explanations, and a note on cases that were left out. `scenarios` replace the scenario files of the run.
///
/// # Errors
///
/// When the run or a named scenario cannot be read, or the words name no case or several.
pub fn explain(run: &Path, words: &str, scenarios: &[PathBuf]) -> Result<(Vec<Explanation>, Option<String>), JobError> {
    let result = cleaned(&read_results(run)?);
    let place = run.display().to_string();
    let Chosen { cases, note } = chosen(&result, words, &place)?;
    // The scenario names the table by which a module recommends. Most cases use the default one, so a scenario that is
    // gone is no error.
    let scenarios = match scenarios_of(run, scenarios) {
        Err(error) if !scenarios.is_empty() => return Err(error),
        found => found.unwrap_or_default(),
    };
    let specs = Specs::of(&scenarios);
    let records = CaseRecords::open(run)?;
    let explained: Result<Vec<_>, _> = cases.into_iter().map(|case| explained(&records, case, &specs)).collect();
    Ok((explained?, note))
}

fn explained(records: &CaseRecords, case: &CaseResult, specs: &Specs<'_>) -> Result<Explanation, JobError> {
    let scoring = specs.of_case(case).map(|spec| spec.test.scoring).unwrap_or_default();
    let samples = records.samples(&case.case)?;
    let links = records.links(&case.case)?;
    let estimates = records.series(&case.case)?.unwrap_or_default().sender_estimates();
    Ok(explain_case(case, scoring, &samples, &links, &estimates))
}
