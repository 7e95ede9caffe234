//! A case without a page: the payloads of its page are given. Tests use it to check the way from a page's events to
//! results with events that no page would send.

use std::time::Duration;

use super::attempt::asked;
use super::case::result;
use super::observations::{AttemptEnd, Observations};
use crate::page::{EventGate, EventMeter, PageAllowance};
use crate::run_events::Events;
use precall_netem::{LinkCounters, PathCounters};
use precall_results::{Attempt, CasePhase, CaseResult, RunEvent};
use precall_scenario::plan::Case;

/// Returns the result of a case whose page sends these payloads, one a second, on links that pass a packet of 1000
/// bytes each second. All events of the case go to `events`.
pub fn replay<'a>(case: &Case, said: impl IntoIterator<Item = &'a str>, events: &Events) -> CaseResult {
    let (mut meter, mut gate, mut observations) =
        (EventMeter::default(), EventGate::new(asked(case), PageAllowance::default()), Observations::default());
    events.emit(RunEvent::CaseStarted { case: case.id.clone(), attempt: 1 });
    let mut phase = CasePhase::Prepare;
    let mut end = AttemptEnd::Hung("it says no more".to_owned());
    let mut seconds = 0_u32;
    for payload in said {
        let line = gate.line("log", payload);
        events.emit(RunEvent::CaseLink {
            case: case.id.clone(),
            participant: None,
            seconds: seconds.into(),
            counters: counters(seconds),
        });
        observations.timeline.push(seconds.into(), counters(seconds));
        let event = meter.event(payload).and_then(|()| gate.event(payload));
        match event.and_then(|event| line.map(|line| (event, line))) {
            Ok((event, line)) => {
                events.emit(RunEvent::CaseConsole { case: case.id.clone(), line });
                if let crate::page::PageEvent::Phase { phase: next } = &event {
                    phase = *next;
                }
                if let Some(last) = observations.take(event, Some(seconds.into()), &case.id, events) {
                    end = last;
                    break;
                }
            }
            Err(fault) => {
                end = AttemptEnd::Refused(phase, fault);
                break;
            }
        }
        seconds += 1;
    }
    let attempt = observations.conclude(case, end, &[]);
    let (outcome, reasons) = (attempt.verdict.outcome, attempt.verdict.reasons.clone());
    let duration = Duration::from_secs(seconds.into());
    *events.emit_result(result(case, attempt, vec![Attempt { outcome, reasons, duration }], duration))
}

fn counters(seconds: u32) -> PathCounters {
    let packets = u64::from(seconds);
    let link =
        LinkCounters { packets_in: packets, packets_out: packets, bytes_out: packets * 1000, ..Default::default() };
    PathCounters { up: link, down: link }
}

#[cfg(test)]
mod tests;
