//! A whole run.

use std::time::Instant;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use super::attempt::{self, Trial};
use super::devices::{fake_devices, needs_own_browser};
use super::lab::Lab;
use super::slots::Slots;
use crate::chance::GENERATOR;
use crate::comparison::Stopping;
use crate::event::{Attempt, CaseResult, Events, PlatformInfo, RunEvent, RunInfo};
use crate::exit::Exit;
use crate::outcome::Outcome;
use crate::plan::{Case, CpuWeight, Durations};
use crate::scenario::PlatformSpec;
use crate::score::score;

/// How often a case is tried whose outcome says nothing about it.
const MAX_ATTEMPTS: u32 = 2;

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// What is told of the run before it begins.
    pub run: RunInfo,
    /// What the cases may take of the CPUs together.
    pub capacity: CpuWeight,
    /// Run so many cases at once, whatever they weigh.
    pub slots: Option<usize>,
    /// Begin no further case once so many have failed.
    pub max_failures: Option<usize>,
    /// How long cases take, as far as that is known: the longest begin first.
    pub durations: Durations,
    /// Run no further repeat of what is decided.
    pub sequential: Option<Stopping>,
}

/// How a run is ended early.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Begin no further case; let those in a slot end.
    pub drain: CancellationToken,
    /// End the cases in a slot as interrupted, too.
    pub now: CancellationToken,
}

/// Runs the cases, and says all there is to say through `events`. Gives the run's outcome: the gravest of its cases', those
/// of `finished` included, which ran in an earlier part of the run.
pub async fn run(
    cases: &[Case],
    finished: &[Outcome],
    lab: &Lab,
    options: &RunOptions,
    events: &Events,
    stop: &Stop,
) -> Outcome {
    let began = Instant::now();
    events.emit(RunEvent::RunStarted { run: options.run.clone() });
    let mut outcomes = finished.to_vec();
    let mut slots = Slots::new(cases, options);
    let mut sequential = options.sequential.clone();
    // Of a run that is gone on with some may be decided already.
    sequential.iter().for_each(|sequential| skip_decided(cases, &mut slots, sequential, events));
    // Those that begin at once find their browsers there.
    let first: Vec<_> = std::iter::from_fn(|| slots.take()).collect();
    let wanted = first.iter().map(|(work, _)| &cases[work.index]).filter(|case| !needs_own_browser(case));
    tokio::select! {
        () = lab.browsers.prepare(wanted.map(fake_devices).collect()) => {}
        () = stop.drain.cancelled() => {}
        () = stop.now.cancelled() => {}
    }
    let mut first = first.into_iter();
    let mut running = FuturesUnordered::new();
    let failures = |outcomes: &[Outcome]| outcomes.iter().filter(|outcome| outcome.exit() == Exit::Failed).count();
    loop {
        let is_over = stop.drain.is_cancelled()
            || stop.now.is_cancelled()
            || options.max_failures.is_some_and(|most| failures(&outcomes) >= most);
        while let Some((work, weight)) = (!is_over).then(|| first.next().or_else(|| slots.take())).flatten() {
            running.push(async move { (weight, run_case(cases, work, lab, events, &stop.now).await) });
        }
        tokio::select! {
            ended = running.next() => match ended {
                Some((weight, ended)) => {
                    slots.give_back(weight);
                    match ended {
                        Ended::Done(result) => {
                            outcomes.push(result.outcome);
                            if let Some(sequential) = &mut sequential
                                && sequential.push(*result)
                            {
                                skip_decided(cases, &mut slots, sequential, events);
                            }
                        }
                        Ended::Starved(work) if is_over => outcomes.push(give_up(cases, work, events)),
                        Ended::Starved(work) => {
                            let (case, reasons) = (cases[work.index].id.clone(), work.reasons());
                            events.emit(RunEvent::CasePutBack { case, reasons });
                            slots.put_back(work);
                            // It may have become needless while it ran.
                            sequential.iter().for_each(|decided| skip_decided(cases, &mut slots, decided, events));
                        }
                    }
                }
                None => break,
            },
            () = stop.drain.cancelled(), if !is_over => {}
        }
    }
    // Those that were to run again alone have been measured once.
    outcomes.extend(slots.left_alone().into_iter().map(|work| give_up(cases, work, events)));
    let is_interrupted =
        (stop.drain.is_cancelled() || stop.now.is_cancelled()) && outcomes.len() < options.run.cases.len();
    let outcome = if is_interrupted { Outcome::Interrupted } else { Outcome::gravest(&outcomes) };
    events.emit(RunEvent::RunFinished { outcome, seconds: began.elapsed().as_secs_f64() });
    outcome
}

/// Takes the cases that need not run any more out of those that wait, and says so.
fn skip_decided(cases: &[Case], slots: &mut Slots, sequential: &Stopping, events: &Events) {
    let reason = |index: usize| sequential.decided(&cases[index].spec.name, &cases[index].axes);
    for index in slots.remove(|index| reason(index).is_some()) {
        let (case, reason) = (cases[index].id.clone(), reason(index).unwrap_or_default().to_owned());
        events.emit(RunEvent::CaseDecided { case, reason });
    }
}

/// A case that has a slot, or had one.
pub(super) struct Work {
    /// Which of the cases.
    pub index: usize,
    began: Option<Instant>,
    attempts: Vec<Attempt>,
    /// What the last attempt came to, in case there is no other.
    result: Option<Box<CaseResult>>,
}

impl Work {
    pub fn new(index: usize) -> Self {
        Self { index, began: None, attempts: Vec::new(), result: None }
    }

    /// What its last attempt said of itself.
    fn reasons(&self) -> Vec<String> {
        self.attempts.last().map(|attempt| attempt.reasons.clone()).unwrap_or_default()
    }
}

/// How a case's time in its slot ended.
enum Ended {
    /// With a result.
    Done(Box<CaseResult>),
    /// The host could not keep up: it is to run again with the host to itself.
    Starved(Work),
}

/// Runs one case, again if its outcome says nothing about it.
async fn run_case(cases: &[Case], mut work: Work, lab: &Lab, events: &Events, cancel: &CancellationToken) -> Ended {
    let case = &cases[work.index];
    let began = *work.began.get_or_insert_with(Instant::now);
    loop {
        let number = u32::try_from(work.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        events.emit(RunEvent::CaseStarted { case: case.id.clone(), attempt: number });
        let attempt_began = Instant::now();
        let trial = attempt::run(case, lab, events, cancel).await;
        work.attempts.push(Attempt {
            outcome: trial.verdict.outcome,
            reasons: trial.verdict.reasons.clone(),
            seconds: attempt_began.elapsed().as_secs_f64(),
        });
        let outcome = trial.verdict.outcome;
        let is_tried_again = outcome.is_retried() && number < MAX_ATTEMPTS && !cancel.is_cancelled();
        let is_starved = trial.is_starved;
        let result = Box::new(result(case, trial, work.attempts.clone(), began.elapsed().as_secs_f64()));
        match (is_tried_again, is_starved) {
            (true, true) => {
                work.result = Some(result);
                return Ended::Starved(work);
            }
            (true, false) => {}
            (false, _) => {
                events.emit(RunEvent::CaseFinished { result: result.clone() });
                return Ended::Done(result);
            }
        }
    }
}

/// Ends a case that was to run again: the run is over before it could.
fn give_up(cases: &[Case], work: Work, events: &Events) -> Outcome {
    let outcome = work.result.as_ref().map_or(Outcome::Inconclusive, |result| result.outcome);
    match work.result {
        Some(result) => events.emit(RunEvent::CaseFinished { result }),
        None => tracing::error!(case = cases[work.index].id, "a case that never ran was put back"),
    }
    outcome
}

fn result(case: &Case, trial: Trial, attempts: Vec<Attempt>, seconds: f64) -> CaseResult {
    let recomputed = trial.measured.quality.is_some().then(|| score(&trial.samples, case.spec.test.scoring));
    CaseResult {
        case: case.id.clone(),
        name: case.spec.name.clone(),
        axes: case.axes.clone(),
        repeat: case.repeat,
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
        media: trial.timeline.media.travel(),
        link_counters: trial.timeline.total(),
        network_checks: trial.network_checks,
        claims: trial.claims,
        signalling: trial.signalling,
        firewall: trial.firewall,
        host: trial.host,
        seed: case.seed,
        random_generator: Some(GENERATOR.to_owned()),
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
