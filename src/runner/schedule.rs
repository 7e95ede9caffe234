//! The order of a run: which case begins when, and what becomes of the run when one ends. It knows cases, not how one
//! is run.

use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::case::{CaseEnd, PendingCase, give_up};
use super::contained::{TaskPanic, contained};
use super::options::{RunOptions, Stop};
use super::slots::Slots;
use crate::run_events::Events;
use precall_judge::comparison::Stopping;
use precall_results::Exit;
use precall_results::{CaseNetwork, CaseResult, DecidedCase, RunEvent};
use precall_scenario::plan::Case;

/// The cases of a run, and the rules by which they are scheduled.
#[derive(Clone, Copy)]
pub(super) struct Schedule<'a> {
    pub cases: &'a [Case],
    /// The cases that ended in an earlier part of the run.
    pub finished: &'a [CaseResult],
    pub options: &'a RunOptions,
    pub events: &'a Events,
    pub stop: &'a Stop,
}

/// The cases of a run when no further one begins. The run has not been judged as a whole yet.
#[derive(Debug, Default)]
pub struct RunEnd {
    /// The results of all cases that ended, those of earlier parts of the run included, in the order in which they
    /// ended.
    pub cases: Vec<CaseResult>,
    /// The cases that did not run because their cell was decided.
    pub decided: Vec<DecidedCase>,
    /// Whether a signal ended the run before all cases had ended.
    pub is_interrupted: bool,
    /// The duration of this part of the run.
    pub duration: Duration,
}

/// Runs the cases. `prepare` gets the indices of the cases that begin at once, and `run_one` runs one. Each case has
/// its own task, so a panic ends that case alone.
pub(super) async fn schedule<F>(
    plan: Schedule<'_>,
    prepare: impl AsyncFnOnce(&[usize]),
    run_one: impl Fn(PendingCase) -> F,
) -> RunEnd
where
    F: Future<Output = CaseEnd> + Send + 'static,
{
    let Schedule { cases, finished, options, events, stop } = plan;
    let began = Instant::now();
    events.emit(RunEvent::RunStarted { run: options.run.clone() });
    let mut ended = RunEnd { cases: finished.to_vec(), ..RunEnd::default() };
    let mut slots = Slots::new(cases, options);
    let mut sequential = options.sequential.clone();
    // Some cases of a resumed run may be decided already.
    sequential.iter().for_each(|sequential| ended.decided.extend(skip_decided(cases, &mut slots, sequential, events)));
    let first: Vec<_> = std::iter::from_fn(|| slots.take()).collect();
    let begin_at_once: Vec<_> = first.iter().map(|(work, _)| work.index).collect();
    tokio::select! {
        () = prepare(&begin_at_once) => {}
        () = stop.drain.cancelled() => {}
        () = stop.now.cancelled() => {}
    }
    let mut first = first.into_iter();
    let mut running = FuturesUnordered::new();
    let failures = |cases: &[CaseResult]| cases.iter().filter(|case| case.outcome.exit() == Exit::Failed).count();
    loop {
        let is_over = stop.drain.is_cancelled()
            || stop.now.is_cancelled()
            || options.max_failures.is_some_and(|most| failures(&ended.cases) >= most);
        while let Some((work, weight)) = (!is_over).then(|| first.next().or_else(|| slots.take())).flatten() {
            let (index, case) = (work.index, run_one(work));
            running.push(async move { (index, weight, contained(case).await) });
        }
        tokio::select! {
            next = running.next() => match next {
                Some((index, weight, case)) => {
                    slots.give_back(weight);
                    match case.unwrap_or_else(|panic| broken(&cases[index], &panic, events)) {
                        CaseEnd::Done(result) => {
                            ended.cases.push((*result).clone());
                            if let Some(sequential) = &mut sequential
                                && sequential.push(*result)
                            {
                                ended.decided.extend(skip_decided(cases, &mut slots, sequential, events));
                            }
                        }
                        CaseEnd::Starved(work) if is_over => {
                            ended.cases.extend(give_up(cases, work, events).map(|result| *result));
                        }
                        CaseEnd::Starved(work) => {
                            let (case, reasons) = (cases[work.index].id.clone(), work.reasons());
                            events.emit(RunEvent::CasePutBack { case, reasons });
                            slots.put_back(work);
                            // It may have become needless while it ran.
                            if let Some(sequential) = &sequential {
                                ended.decided.extend(skip_decided(cases, &mut slots, sequential, events));
                            }
                        }
                    }
                }
                None => break,
            },
            () = stop.drain.cancelled(), if !is_over => {}
        }
    }
    // Cases that were waiting for a second, exclusive attempt already have a first result.
    let waiting = slots.left_alone().into_iter().filter_map(|work| give_up(cases, work, events));
    ended.cases.extend(waiting.map(|result| *result));
    ended.is_interrupted =
        (stop.drain.is_cancelled() || stop.now.is_cancelled()) && ended.cases.len() < options.run.cases.len();
    ended.duration = began.elapsed();
    ended
}

/// A case whose task ended without a result.
fn broken(case: &Case, panic: &TaskPanic, events: &Events) -> CaseEnd {
    let reason = format!("precall broke while this case ran: {panic}; this is a fault of precall");
    let broken = CaseResult::broken(case.id.clone(), case.spec.name.clone(), reason);
    let network = CaseNetwork { requested: case.spec.network.clone(), seed: case.seed, ..broken.network };
    let axes = case.axes.clone();
    CaseEnd::Done(events.emit_result(CaseResult { axes, network, repeat: case.repeat, ..broken }))
}

/// Removes the waiting cases whose cell is decided, emits an event for each, and returns them.
fn skip_decided(cases: &[Case], slots: &mut Slots, sequential: &Stopping, events: &Events) -> Vec<DecidedCase> {
    let reason = |index: usize| sequential.stop_reason(&cases[index].spec.name, &cases[index].axes);
    let removed = slots.remove(|index| reason(index).is_some()).into_iter();
    removed
        .map(|index| {
            let (case, reason) = (cases[index].id.clone(), reason(index).unwrap_or_default().to_owned());
            events.emit(RunEvent::CaseDecided { case: case.clone(), reason: reason.clone() });
            DecidedCase { case, reason }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_results::Outcome;

    /// The outcomes of three cases, of which the second panics.
    #[tokio::test]
    async fn panic_ends_only_its_case() {
        let text = "[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n[[case]]\nname = \"c\"\n";
        let (cases, options) = RunOptions::planned(text, Some(2));
        let (events, mut emitted) = Events::channel();
        let stop = Stop::default();
        let plan = Schedule { cases: &cases, finished: &[], options: &options, events: &events, stop: &stop };
        let run_one = |work: PendingCase| {
            let case = cases[work.index].id.clone();
            let events = events.clone();
            async move {
                assert!(case != "b", "a wrong index");
                let passed =
                    CaseResult { outcome: Outcome::Passed, ..CaseResult::broken(case, String::new(), String::new()) };
                events.emit(RunEvent::CaseFinished { result: Box::new(passed.clone()) });
                CaseEnd::Done(Box::new(passed))
            }
        };
        let ended = schedule(plan, async |_: &[usize]| {}, run_one).await;
        let outcomes: Vec<_> = ended.cases.iter().map(|case| case.outcome).collect();
        assert_eq!(Outcome::worst(&outcomes), Outcome::Infrastructure);
        drop(events);
        let mut outcomes = Vec::new();
        while let Some(emitted) = emitted.recv().await {
            if let RunEvent::CaseFinished { result } = emitted.event {
                outcomes.push((result.case.clone(), result.outcome, result.reasons.concat()));
            }
        }
        outcomes.sort_by(|one, other| one.0.cmp(&other.0));
        let words: Vec<_> = outcomes.iter().map(|(case, outcome, _)| format!("{case} {}", outcome.as_str())).collect();
        assert_eq!(words, ["a passed", "b infrastructure", "c passed"]);
        assert!(outcomes[1].2.contains("a wrong index"), "{outcomes:?}");
    }
}
