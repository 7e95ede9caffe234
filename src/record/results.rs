//! Events put together again: the result of a run.

use std::collections::HashMap;
use std::time::Duration;

use precall_results::{CaseResult, DecidedCase, Outcome, RunEvent, RunInfo, RunResult, SCHEMA_VERSION};

/// Returns the result of a run that has not been judged as a whole: its cases in plan order, and the outcome of the
/// worst of them. `duration` is that of all parts of the run together.
pub fn unjudged_result(
    run: RunInfo,
    mut cases: Vec<CaseResult>,
    decided: Vec<DecidedCase>,
    duration: Duration,
) -> RunResult {
    // Cases end in any order.
    let planned = run.cases.iter().enumerate();
    let places: HashMap<&str, usize> = planned.map(|(place, case)| (case.id.as_str(), place)).collect();
    cases.sort_by_key(|result| places.get(result.case.as_str()).copied());
    let outcomes: Vec<_> = cases.iter().map(|case| case.outcome).collect();
    RunResult {
        schema_version: SCHEMA_VERSION,
        outcome: Outcome::worst(&outcomes),
        upgrade: None,
        run,
        cases,
        repeats: Vec::new(),
        violations: Vec::new(),
        decided,
        duration,
    }
}

/// Returns the event that ends a run with this result. `duration` is that of the last part of the run.
pub fn run_finished(run: &RunResult, duration: Duration) -> RunEvent {
    RunEvent::RunFinished {
        outcome: run.outcome,
        duration,
        repeats: run.repeats.clone(),
        violations: run.violations.clone(),
        upgrade: run.upgrade.clone().map(Box::new),
    }
}

/// Takes events one by one and gives the run's result at the end.
#[derive(Debug, Default)]
pub struct RunCollector {
    run: Option<RunInfo>,
    cases: Vec<CaseResult>,
    decided: Vec<DecidedCase>,
    /// The duration of earlier parts of the run.
    before: Duration,
    end: Option<RunResult>,
}

impl RunCollector {
    /// Returns a collector for a resumed run. `cases` ended in its earlier parts, which took `before` together.
    pub fn resumed(cases: Vec<CaseResult>, before: Duration) -> Self {
        Self { cases, before, ..Self::default() }
    }

    /// Adds an event to the result.
    pub fn take(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted { run } => self.run = Some(run.clone()),
            RunEvent::CaseDecided { case, reason } => {
                self.decided.push(DecidedCase { case: case.clone(), reason: reason.clone() });
            }
            RunEvent::CaseFinished { result } => self.cases.push((**result).clone()),
            RunEvent::RunFinished { outcome, duration, repeats, violations, upgrade } => {
                let Some(run) = self.run.clone() else { return };
                let (cases, decided) = (std::mem::take(&mut self.cases), std::mem::take(&mut self.decided));
                self.end = Some(RunResult {
                    outcome: *outcome,
                    upgrade: upgrade.as_deref().cloned(),
                    repeats: repeats.clone(),
                    violations: violations.clone(),
                    ..unjudged_result(run, cases, decided, self.before + *duration)
                });
            }
            _ => {}
        }
    }

    /// The result; `None` until the run is over.
    pub fn result(&self) -> Option<&RunResult> {
        self.end.as_ref()
    }
}
