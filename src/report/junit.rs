//! JUnit XML, as CI servers read it.
//!
//! | what became of a case | in JUnit |
//! |---|---|
//! | passed | a test case; earlier attempts are `flakyFailure` or `flakyError` |
//! | failed | `failure` |
//! | errored, hung, inconclusive, infrastructure | `error`, with the outcome as its `type` |
//! | interrupted, not run | `skipped` |
//!
//! What could not be measured is an error and not skipped: a server that sees nothing but skipped tests says that all is well.
//! Of a case that did not pass, the last attempt is the one that counts, and the earlier ones are `rerunFailure` or
//! `rerunError`.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use super::ReportError;
use super::figures::{finding, not_run, why};
use crate::event::{Attempt, CaseResult, Recording};
use crate::outcome::Outcome;

/// The most console lines of a case that are written.
const MAX_CONSOLE: usize = 50;

/// A run as JUnit XML: one suite, a test case for each case.
pub(super) fn junit(run: &Recording) -> Result<String, ReportError> {
    let result = &run.result;
    let started = result.run.started_at.parse().ok();
    let mut suite = TestSuite::new(result.run.scenario.as_str());
    suite.set_time(seconds(result.seconds));
    suite.timestamp = started;
    suite.add_property(("precall", result.run.environment.precall.as_str()));
    suite.add_property(("browser", result.run.environment.browser.as_str()));
    suite.add_property(("os", result.run.environment.os.as_str()));
    suite.add_test_cases(result.cases.iter().map(|case| test_case(run, case)));
    suite.add_test_cases(not_run(result).into_iter().map(|id| {
        let mut status = TestCaseStatus::skipped();
        status.set_type("not-run").set_message("the run ended before this case began");
        named(run, id, status)
    }));
    let mut report = Report::new("precall");
    report.set_time(seconds(result.seconds));
    report.timestamp = started;
    report.add_test_suite(suite);
    report.to_string().map_err(ReportError::new)
}

fn named(run: &Recording, id: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(id, status);
    case.set_classname(run.result.run.scenario.as_str());
    case
}

fn test_case(run: &Recording, case: &CaseResult) -> TestCase {
    let why = why(case);
    let mut status = match kind(case.outcome) {
        None if case.outcome == Outcome::Passed => TestCaseStatus::success(),
        None => TestCaseStatus::skipped(),
        Some(kind) => TestCaseStatus::non_success(kind),
    };
    if case.outcome != Outcome::Passed {
        status.set_type(case.outcome.as_str());
        status.set_message(why.first().map_or(case.outcome.as_str(), String::as_str));
        status.set_description(description(case, &why));
    }
    let earlier = case.attempts.split_last().map_or(&[][..], |(_, earlier)| earlier);
    if kind(case.outcome).is_some() || case.outcome == Outcome::Passed {
        status.add_reruns(earlier.iter().map(rerun));
    }
    let mut test = named(run, &case.case, status);
    test.set_time(seconds(case.seconds));
    test.set_assertions(case.expectations.len());
    test.add_property(("sdk", case.sdk.version.as_str()));
    test.add_property(("module", case.module.version.as_str()));
    test.add_property(("seed", case.seed.to_string().as_str()));
    for (axis, value) in &case.axes {
        test.add_property((axis.as_str(), value.as_str()));
    }
    if !case.findings.is_empty() {
        test.set_system_out(case.findings.iter().map(finding).collect::<Vec<_>>().join("\n"));
    }
    let console = run.series.get(&case.case).map_or(&[][..], |series| &series.console);
    if case.outcome != Outcome::Passed && !console.is_empty() {
        let lines = console[console.len().saturating_sub(MAX_CONSOLE)..].iter();
        let lines: Vec<_> = lines.map(|(at, line)| format!("{at:.1} s {}: {}", line.level, line.text)).collect();
        test.set_system_err(lines.join("\n"));
    }
    test
}

/// Everything that speaks against a case, with its place in the scenario.
fn description(case: &CaseResult, why: &[String]) -> String {
    let places = case
        .expectations
        .iter()
        .filter(|checked| !checked.passed)
        .map(|checked| format!("{} ({})", super::figures::missed(checked), checked.expectation.source));
    let lines: Vec<_> = case.reasons.iter().cloned().chain(places).collect();
    if lines.is_empty() { why.join("\n") } else { lines.join("\n") }
}

fn rerun(attempt: &Attempt) -> TestRerun {
    let mut rerun = TestRerun::new(kind(attempt.outcome).unwrap_or(NonSuccessKind::Error));
    rerun.set_time(seconds(attempt.seconds)).set_type(attempt.outcome.as_str());
    rerun.set_message(attempt.reasons.first().map_or(attempt.outcome.as_str(), String::as_str));
    rerun.set_description(attempt.reasons.join("\n"));
    rerun
}

/// Which kind of "not passed" an outcome is; `None` when it is none.
fn kind(outcome: Outcome) -> Option<NonSuccessKind> {
    match outcome {
        Outcome::Passed | Outcome::Interrupted => None,
        Outcome::Failed => Some(NonSuccessKind::Failure),
        Outcome::Errored | Outcome::Hung | Outcome::Inconclusive | Outcome::Infrastructure => {
            Some(NonSuccessKind::Error)
        }
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::recorded;

    #[test]
    fn every_outcome_and_every_attempt() {
        insta::assert_snapshot!(junit(&recorded()).expect("written"));
    }

    #[test]
    fn it_is_read_back() {
        let report = Report::deserialize_from_str(&junit(&recorded()).expect("written")).expect("JUnit");
        let suite = &report.test_suites[0];
        assert_eq!((suite.tests, suite.failures, suite.errors), (8, 1, 3));
    }
}
