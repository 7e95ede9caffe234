//! A whole run.

use std::time::Instant;

use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use super::attempt::{self, Trial};
use super::lab::Lab;
use crate::event::{Attempt, CaseResult, CaseSummary, Environment, Events, PlatformInfo, RunEvent, RunInfo, timestamp};
use crate::outcome::Outcome;
use crate::plan::Case;
use crate::scenario::PlatformSpec;
use crate::score::score;

/// How often a case is tried whose outcome says nothing about it.
const MAX_ATTEMPTS: u32 = 2;

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The scenario's name.
    pub scenario: String,
    /// How many cases run at once.
    pub slots: usize,
}

/// Runs the cases, and says all there is to say through `events`. Gives the run's outcome: the gravest of its cases'.
///
/// When `cancel` fires, cases in a slot end as interrupted and the others do not begin.
pub async fn run(
    cases: &[Case],
    lab: &Lab,
    options: &RunOptions,
    events: &Events,
    cancel: &CancellationToken,
) -> Outcome {
    let began = Instant::now();
    let run = RunInfo {
        scenario: options.scenario.clone(),
        started_at: timestamp(),
        cases: cases.iter().map(|case| CaseSummary { id: case.id.clone() }).collect(),
        slots: options.slots,
        environment: Environment {
            precall: env!("CARGO_PKG_VERSION").to_owned(),
            browser: lab.browser_version().to_owned(),
            os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            cpus: std::thread::available_parallelism().map_or(1, usize::from),
        },
    };
    events.emit(RunEvent::RunStarted { run });
    let outcomes: Vec<_> = futures::stream::iter(cases)
        .map(|case| run_case(case, lab, events, cancel))
        .buffer_unordered(options.slots.max(1))
        .filter_map(std::future::ready)
        .collect()
        .await;
    let outcome = if cancel.is_cancelled() { Outcome::Interrupted } else { gravest(&outcomes) };
    events.emit(RunEvent::RunFinished { outcome, seconds: began.elapsed().as_secs_f64() });
    outcome
}

/// Runs one case, again if its outcome says nothing about it. `None` when it never began.
async fn run_case(case: &Case, lab: &Lab, events: &Events, cancel: &CancellationToken) -> Option<Outcome> {
    if cancel.is_cancelled() {
        return None;
    }
    let began = Instant::now();
    let mut attempts = Vec::new();
    loop {
        let number = u32::try_from(attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        events.emit(RunEvent::CaseStarted { case: case.id.clone(), attempt: number });
        let attempt_began = Instant::now();
        let trial = attempt::run(case, lab, events, cancel).await;
        attempts.push(Attempt {
            outcome: trial.verdict.outcome,
            reasons: trial.verdict.reasons.clone(),
            seconds: attempt_began.elapsed().as_secs_f64(),
        });
        if trial.verdict.outcome.is_retried() && number < MAX_ATTEMPTS && !cancel.is_cancelled() {
            continue;
        }
        let outcome = trial.verdict.outcome;
        let result = result(case, trial, attempts, began.elapsed().as_secs_f64());
        events.emit(RunEvent::CaseFinished { result: Box::new(result) });
        return Some(outcome);
    }
}

fn result(case: &Case, trial: Trial, attempts: Vec<Attempt>, seconds: f64) -> CaseResult {
    let recomputed = trial.measured.quality.is_some().then(|| score(&trial.samples, case.spec.test.scoring));
    CaseResult {
        case: case.id.clone(),
        name: case.spec.name.clone(),
        outcome: trial.verdict.outcome,
        reasons: trial.verdict.reasons,
        attempts,
        sdk: trial.sdk.unwrap_or_default(),
        module: trial.module.unwrap_or_default(),
        platform: platform(&case.spec.platform, trial.session_id.map(|id| id.as_str().to_owned())),
        measured: trial.measured,
        recomputed,
        expectations: trial.verdict.expectations,
        findings: trial.verdict.findings,
        network: case.spec.network.clone(),
        // Only the way to the embedded platform leads through the case's links.
        network_applied: matches!(case.spec.platform, PlatformSpec::Embedded(_)) || !case.spec.network.is_unimpaired(),
        measured_network: trial.timeline.measured(),
        link_counters: trial.timeline.total(),
        seed: case.seed,
        seconds,
    }
}

fn platform(spec: &PlatformSpec, session_id: Option<String>) -> PlatformInfo {
    match spec {
        PlatformSpec::Embedded(_) => PlatformInfo::default(),
        PlatformSpec::Cloud(cloud) => {
            PlatformInfo { kind: cloud.kind.as_str().to_owned(), api_url: Some(cloud.api_url.clone()), session_id }
        }
    }
}

/// The outcome of a run from those of its cases: what a CI job must look at first.
fn gravest(outcomes: &[Outcome]) -> Outcome {
    let order = [
        Outcome::Interrupted,
        Outcome::Failed,
        Outcome::Errored,
        Outcome::Hung,
        Outcome::Infrastructure,
        Outcome::Inconclusive,
    ];
    order.into_iter().find(|outcome| outcomes.contains(outcome)).unwrap_or(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_failure_outweighs_a_broken_lab_and_either_outweighs_a_pass() {
        assert_eq!(gravest(&[Outcome::Passed, Outcome::Passed]), Outcome::Passed);
        assert_eq!(gravest(&[Outcome::Passed, Outcome::Inconclusive]).exit(), Exit::Infrastructure);
        assert_eq!(gravest(&[Outcome::Infrastructure, Outcome::Hung]).exit(), Exit::Failed);
        assert_eq!(gravest(&[]), Outcome::Passed);
    }
}
