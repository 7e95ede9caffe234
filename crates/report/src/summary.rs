//! A run in few words, as JSON: what a webhook gets.

use serde_json::{Value, json};

use super::error::ReportError;
use super::figures::{OUTCOMES, not_run, outcome_reasons};
use super::joint_results::joint_results;
use super::test_results::TestResult;
use precall_results::Recording;

/// The version of the form; it grows when a member changes its meaning or is removed.
const VERSION: u32 = 1;
/// The most cases that are named.
const MAX_CASES: usize = 50;

/// Returns the outcome of a run, its counts, and the cases that did not pass, with their reasons.
///
/// # Errors
///
/// When it cannot be written, which is a fault of precall.
pub(super) fn summary(run: &Recording) -> Result<String, ReportError> {
    let result = &run.result;
    let count = |outcome| result.cases.iter().filter(|case| case.outcome == outcome).count();
    let counts: serde_json::Map<String, Value> = OUTCOMES
        .iter()
        .map(|outcome| (outcome.as_str().to_owned(), count(*outcome)))
        .chain([("notRun".to_owned(), not_run(result).len())])
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| (name, json!(count)))
        .collect();
    let bad = |case: &&_| TestResult::of_case(run, case) != TestResult::Success;
    let named = result.cases.iter().filter(bad).take(MAX_CASES);
    let named = named
        .map(|case| json!({ "case": case.case, "outcome": case.outcome.as_str(), "reasons": outcome_reasons(case) }));
    let rules = joint_results(result).into_iter().filter(|one| one.fails_the_run()).map(|one| one.text.clone());
    let mut document = json!({
        "version": VERSION,
        "text": sentence(run, &counts),
        "scenario": result.run.scenario,
        "outcome": result.outcome.as_str(),
        "exitCode": result.outcome.exit() as i32,
        "startedAt": result.run.started_at,
        "seconds": result.duration.as_secs_f64(),
        "counts": counts,
        "notPassed": named.collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(),
        "environment": result.run.environment,
    });
    if let Some(upgrade) = &result.upgrade {
        document["verdict"] = json!(upgrade.sentence);
    }
    serde_json::to_string_pretty(&document).map(|text| text + "\n").map_err(ReportError::new)
}

/// Returns a line for people, as chats show it.
fn sentence(run: &Recording, counts: &serde_json::Map<String, Value>) -> String {
    let result = &run.result;
    if let Some(upgrade) = &result.upgrade {
        return format!("precall, {}: {}", result.run.scenario, upgrade.sentence);
    }
    let counts = counts.iter().map(|(name, count)| match name.as_str() {
        "notRun" => format!("{count} not run"),
        name => format!("{count} {name}"),
    });
    format!("precall, {}: {} ({})", result.run.scenario, result.outcome.as_str(), counts.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::with_rules;

    #[test]
    fn run_in_few_words() {
        insta::assert_snapshot!(summary(&with_rules()).expect("written"));
    }
}
