//! A run as a list of tests, for reports of formats that know nothing else.

use std::time::Duration;

use super::figures::{not_run, outcome_reasons};
use super::joint_results::joint_results;
use precall_results::{Attempt, CaseResult, Outcome, Recording};

/// The result of a test.
///
/// A case that could not be measured is an error and not skipped: a server that sees only skipped tests reports
/// success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TestResult {
    Success,
    Failure,
    Error,
    Skipped,
}

/// A case, a verdict or a rule, as a test.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReportedTest<'a> {
    pub name: String,
    pub result: TestResult,
    /// The duration of the last attempt; absent where nothing ran.
    pub duration: Option<Duration>,
    /// The reasons why it did not pass; empty if it did.
    pub reasons: Vec<String>,
    /// The case; absent for what is about several cases, and for a case that did not run.
    pub case: Option<&'a CaseResult>,
}

impl TestResult {
    /// Returns the result of a case. Problems of the old one of two builds are reported but do not fail the run.
    pub(super) fn of_case(run: &Recording, case: &CaseResult) -> Self {
        let is_excused = run.result.upgrade.as_ref().is_some_and(|upgrade| upgrade.excuses(case));
        match Self::of(case.outcome) {
            Self::Failure | Self::Error if is_excused => Self::Skipped,
            kind => kind,
        }
    }

    pub(super) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Success,
            Outcome::Interrupted => Self::Skipped,
            Outcome::Failed => Self::Failure,
            Outcome::Errored | Outcome::Hung | Outcome::Inconclusive | Outcome::Infrastructure => Self::Error,
        }
    }
}

/// Returns whether an attempt is evidence against the SDK or the module.
pub(super) fn is_failure(attempt: &Attempt) -> bool {
    matches!(attempt.outcome, Outcome::Failed | Outcome::Errored | Outcome::Hung)
}

/// Returns the tests of a run: the verdict on a new build, the cases, what is about several cases, and the cases that
/// did not run.
pub(super) fn reported_tests(run: &Recording) -> Vec<ReportedTest<'_>> {
    let result = &run.result;
    let of_run = |name: &str, result, reasons| ReportedTest {
        name: name.to_owned(),
        result,
        duration: None,
        reasons,
        case: None,
    };
    let verdict = result.upgrade.iter().map(|upgrade| {
        let kind = TestResult::of(result.outcome);
        let reasons = if kind == TestResult::Success { Vec::new() } else { vec![upgrade.sentence.clone()] };
        of_run(&upgrade.sentence, kind, reasons)
    });
    let cases = result.cases.iter().map(|case| ReportedTest {
        name: case.case.clone(),
        result: TestResult::of_case(run, case),
        duration: Some(case.duration_of_last_attempt()),
        reasons: if case.outcome == Outcome::Passed { Vec::new() } else { outcome_reasons(case) },
        case: Some(case),
    });
    let across = joint_results(result);
    let together = across.iter().map(|one| match one.fails_the_run() {
        true => of_run(&one.id(), TestResult::Failure, vec![one.text.clone()]),
        false => of_run(&one.id(), TestResult::Success, Vec::new()),
    });
    let why = || vec!["the run ended before this case began".to_owned()];
    let missing = not_run(result).into_iter().map(|id| of_run(id, TestResult::Skipped, why()));
    let together: Vec<_> = together.collect();
    verdict.chain(cases).chain(together).chain(missing).collect()
}
