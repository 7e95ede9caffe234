//! Events put together again: the result of a run.

use std::collections::HashMap;

use precall_results::{CaseResult, DecidedCase, Outcome, RunEvent, RunInfo, RunResult, SCHEMA_VERSION};

/// Returns the result of a run that has not been judged as a whole: its cases in plan order, and the outcome of the
/// worst of them. `seconds` is the duration of all parts of the run.
pub fn unjudged_result(run: RunInfo, mut cases: Vec<CaseResult>, decided: Vec<DecidedCase>, seconds: f64) -> RunResult {
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
        seconds,
    }
}

/// Returns the event that ends a run with this result. `seconds` is the duration of the last part of the run.
pub fn run_finished(run: &RunResult, seconds: f64) -> RunEvent {
    RunEvent::RunFinished {
        outcome: run.outcome,
        seconds,
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
    /// How long earlier parts of the run took.
    seconds_before: f64,
    end: Option<RunResult>,
}

impl RunCollector {
    /// Returns a collector for a resumed run. `cases` ended in its earlier parts, which took `seconds_before` together.
    pub fn resumed(cases: Vec<CaseResult>, seconds_before: f64) -> Self {
        Self { cases, seconds_before, ..Self::default() }
    }

    /// Adds an event to the result.
    pub fn take(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted { run } => self.run = Some(run.clone()),
            RunEvent::CaseDecided { case, reason } => {
                self.decided.push(DecidedCase { case: case.clone(), reason: reason.clone() });
            }
            RunEvent::CaseFinished { result } => self.cases.push((**result).clone()),
            RunEvent::RunFinished { outcome, seconds, repeats, violations, upgrade } => {
                let Some(run) = self.run.clone() else { return };
                let (cases, decided) = (std::mem::take(&mut self.cases), std::mem::take(&mut self.decided));
                self.end = Some(RunResult {
                    outcome: *outcome,
                    upgrade: upgrade.as_deref().cloned(),
                    repeats: repeats.clone(),
                    violations: violations.clone(),
                    ..unjudged_result(run, cases, decided, self.seconds_before + *seconds)
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
