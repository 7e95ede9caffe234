//! The cases of a run that did not pass, to be run again.

use std::path::Path;

use super::again_error::AgainError;
use super::error::JobError;
use super::parsed::{Parsed, texts};
use super::plan::plan;
use super::request::CaseRequest;
use crate::record::{read_plan, read_results};
use precall_results::{CaseKey, CaseResult, Outcome};
use precall_scenario::plan::Filter;

/// Returns a request for the cases of a run that did not pass, with all their repeats. Everything else is as in that
/// run: its scenarios as they are now, its releases and its modules.
///
/// # Errors
///
/// When the run cannot be read, or all of its cases passed.
pub fn failed_cases(run: &Path) -> Result<CaseRequest, JobError> {
    let result = read_results(run)?;
    let plan = read_plan(run)?;
    let failed = result.cases.iter().filter(|case| case.outcome != Outcome::Passed);
    let mut texts: Vec<_> = failed.map(filter_text).collect();
    texts.sort();
    texts.dedup();
    if texts.is_empty() {
        return Err(AgainError::AllPassed(run.to_owned()).into());
    }
    let filters = texts.iter().map(|text| Parsed::new(text, Filter::parse)).collect::<Result<_, _>>();
    let filters = filters.map_err(JobError::DamagedPlan)?;
    Ok(CaseRequest { filters, shard: None, ..CaseRequest::recorded(&plan)? })
}

/// Returns a request without the filters for cases that its scenarios do not have any longer, and these filters.
///
/// # Errors
///
/// When the scenarios have none of the cases, or cannot be planned.
pub async fn without_dropped(run: &Path, request: CaseRequest) -> Result<(CaseRequest, Vec<String>), JobError> {
    let all = plan(&CaseRequest { filters: Vec::new(), ..request.clone() }).await?.cases;
    let is_there = |filter: &Parsed<Filter>| all.iter().any(|case| filter.value().matches(case));
    let (filters, dropped): (Vec<_>, Vec<_>) = request.filters.iter().cloned().partition(is_there);
    let dropped = texts(&dropped);
    if filters.is_empty() {
        return Err(AgainError::AllGone { run: run.to_owned(), cases: dropped }.into());
    }
    Ok((CaseRequest { filters, ..request }, dropped))
}

/// Returns a filter that matches a case and its repeats.
fn filter_text(case: &CaseResult) -> String {
    let key = CaseKey::of(case);
    let name = Some(key.name.as_str()).filter(|name| !name.is_empty()).map(Filter::pattern);
    let axes = key.axes.iter().map(|(axis, value)| format!("{axis}={}", Filter::pattern(value)));
    let terms: Vec<_> = name.into_iter().chain(axes).collect();
    // A case without a name and without an axis is the only one of its scenario.
    if terms.is_empty() { "*".to_owned() } else { terms.join(",") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_matches_the_case_by_its_name_and_axes() {
        let results: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/fixtures/results.json")).expect("JSON");
        let mut case = CaseResult::from_json(&results["cases"][0]).expect("a case");
        case.name = "slow, and [odd]".to_owned();
        case.axes = [("sdk".to_owned(), "2.35.2".to_owned())].into();
        assert_eq!(filter_text(&case), "slow? and [[]odd[]],sdk=2.35.2");
        assert!(Filter::parse(&filter_text(&case)).is_ok());
    }
}
