//! A case in its slot: attempts at it, until one says something.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::attempt;
use super::call;
use super::observations::AttemptResult;
use super::test_bed::TestBed;
use crate::run_events::Events;
use precall_judge::score::score;
use precall_netem::rng::GENERATOR;
use precall_results::{Attempt, CaseNetwork, CaseResult, PlatformInfo, RunEvent};
use precall_scenario::PlatformSpec;
use precall_scenario::plan::Case;

/// How often a case is tried whose outcome says nothing about it.
const MAX_ATTEMPTS: u32 = 2;

/// A case that has a slot, or had one.
pub(super) struct PendingCase {
    /// The index of the case among all cases.
    pub index: usize,
    began: Option<Instant>,
    attempts: Vec<Attempt>,
    /// The result of the last attempt, in case there is no other.
    result: Option<Box<CaseResult>>,
}

impl PendingCase {
    pub fn new(index: usize) -> Self {
        Self { index, began: None, attempts: Vec::new(), result: None }
    }

    /// Returns the reasons of the last attempt for its outcome.
    pub fn reasons(&self) -> Vec<String> {
        self.attempts.last().map(|attempt| attempt.reasons.clone()).unwrap_or_default()
    }
}

/// How a case's time in its slot ended.
pub(super) enum CaseEnd {
    /// The case ended with this result.
    Done(Box<CaseResult>),
    /// The host could not keep up: it is to run again with the host to itself.
    Starved(PendingCase),
}

/// Runs one case, again if its outcome says nothing about it.
pub(super) async fn run_case(
    cases: &[Case],
    mut work: PendingCase,
    bed: &TestBed,
    events: &Events,
    cancel: &CancellationToken,
) -> CaseEnd {
    let case = &cases[work.index];
    let began = *work.began.get_or_insert_with(Instant::now);
    loop {
        let number = u32::try_from(work.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        events.emit(RunEvent::CaseStarted { case: case.id.clone(), attempt: number });
        let attempt_began = Instant::now();
        let attempt = match &case.spec.call {
            Some(call) => call::run(case, call, bed, events, cancel).await,
            None => attempt::run(case, bed, events, cancel).await,
        };
        work.attempts.push(Attempt {
            outcome: attempt.verdict.outcome,
            reasons: attempt.verdict.reasons.clone(),
            duration: attempt_began.elapsed(),
        });
        let outcome = attempt.verdict.outcome;
        let is_tried_again = outcome.is_retried() && number < MAX_ATTEMPTS && !cancel.is_cancelled();
        let is_starved = attempt.is_starved;
        let mut result = Box::new(result(case, attempt, work.attempts.clone(), began.elapsed()));
        name_browsers(&mut result, case, bed);
        match (is_tried_again, is_starved) {
            (true, true) => {
                work.result = Some(result);
                return CaseEnd::Starved(work);
            }
            (true, false) => {}
            (false, _) => {
                return CaseEnd::Done(events.emit_result(*result));
            }
        }
    }
}

/// Records the browsers of a case: that of its page, or those of the participants of its call.
fn name_browsers(result: &mut CaseResult, case: &Case, bed: &TestBed) {
    let version = |spec| bed.browsers.version_of(spec).map(str::to_owned);
    match &mut result.call {
        None => result.browser = case.spec.browsers().first().and_then(|spec| version(spec)),
        Some(call) => {
            for (participant, spec) in call.participants.iter_mut().zip(case.spec.browsers()) {
                participant.browser = version(spec);
            }
        }
    }
}

/// Ends a case that was to run again, since the run is over before it could; returns the result of its first attempt.
pub(super) fn give_up(cases: &[Case], work: PendingCase, events: &Events) -> Option<Box<CaseResult>> {
    if work.result.is_none() {
        tracing::error!(case = cases[work.index].id, "a case that never ran was put back");
    }
    work.result.map(|result| events.emit_result(*result))
}

pub(super) fn result(case: &Case, attempt: AttemptResult, attempts: Vec<Attempt>, duration: Duration) -> CaseResult {
    let recomputed = attempt.measured.quality.is_some().then(|| score(&attempt.samples, case.spec.test.scoring));
    CaseResult {
        case: case.id.clone(),
        name: case.spec.name.clone(),
        axes: case.axes.clone(),
        repeat: case.repeat,
        outcome: attempt.verdict.outcome,
        reasons: attempt.verdict.reasons,
        attempts,
        browser: None,
        sdk: attempt.sdk.unwrap_or_default(),
        module: attempt.module.unwrap_or_default(),
        platform: platform(&case.spec.platform, attempt.session_id.map(|id| id.as_str().to_owned())),
        measured: attempt.measured,
        call: attempt.call,
        recomputed,
        expectations: attempt.verdict.expectations,
        findings: attempt.verdict.findings,
        network: CaseNetwork {
            requested: case.spec.network.clone(),
            // Only the way to the embedded platform leads through the case's links.
            applied: matches!(case.spec.platform, PlatformSpec::Embedded(_)) || !case.spec.network.is_unimpaired(),
            firewall: attempt.firewall,
            measured: attempt.timeline.measured(),
            counters: attempt.timeline.total(),
            checks: attempt.network_checks,
            accuracy: attempt.accuracy,
            seed: case.seed,
            random_generator: Some(GENERATOR.to_owned()),
        },
        media: attempt.timeline.media.travel(),
        signalling: attempt.signalling,
        host: attempt.host,
        duration,
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
