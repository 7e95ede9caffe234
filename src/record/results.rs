//! Events put together again: the result of a run.

use std::collections::HashMap;

use precall_results::{CaseResult, DecidedCase, RunEvent, RunInfo, RunResult, SCHEMA_VERSION};

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
    /// For a run that is gone on with: these cases ended in earlier parts of it, which took so long.
    pub fn resumed(cases: Vec<CaseResult>, seconds_before: f64) -> Self {
        Self { cases, seconds_before, ..Self::default() }
    }

    /// Takes an event.
    pub fn take(&mut self, event: &RunEvent) {
        match event {
            RunEvent::RunStarted { run } => self.run = Some(run.clone()),
            RunEvent::CaseDecided { case, reason } => {
                self.decided.push(DecidedCase { case: case.clone(), reason: reason.clone() });
            }
            RunEvent::CaseFinished { result } => self.cases.push((**result).clone()),
            RunEvent::RunFinished { outcome, seconds } => {
                let Some(run) = self.run.clone() else { return };
                let mut cases = std::mem::take(&mut self.cases);
                // Cases end in any order; people look for them in plan order.
                let planned = run.cases.iter().enumerate();
                let places: HashMap<&str, usize> = planned.map(|(place, case)| (case.id.as_str(), place)).collect();
                cases.sort_by_key(|result| places.get(result.case.as_str()).copied());
                let mut end = RunResult {
                    schema_version: SCHEMA_VERSION,
                    outcome: *outcome,
                    upgrade: None,
                    run,
                    cases,
                    repeats: Vec::new(),
                    violations: Vec::new(),
                    decided: std::mem::take(&mut self.decided),
                    seconds: self.seconds_before + *seconds,
                };
                precall_judge::run::conclude(&mut end);
                self.end = Some(end);
            }
            _ => {}
        }
    }

    /// The result; `None` until the run is over.
    pub fn result(&self) -> Option<&RunResult> {
        self.end.as_ref()
    }
}
