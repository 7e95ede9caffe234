//! A case whose page is not there: what it says is given. By this the way from a page's words to results is tested with words that no
//! page would choose.

use super::attempt::asked;
use super::case::result;
use super::gathered::{Ending, Gathered};
use crate::page::{Gate, Meter};
use crate::run_events::Events;
use precall_netem::{LinkCounters, PathCounters};
use precall_results::{Attempt, CasePhase, CaseResult, RunEvent};
use precall_scenario::plan::Case;

/// What a case comes to whose page says this, an event a second, on links that pass a packet of 1000 bytes each second. All that a run says
/// of it goes to `events`.
pub fn replay<'a>(case: &Case, said: impl IntoIterator<Item = &'a str>, events: &Events) -> CaseResult {
    let (mut meter, mut gate, mut gathered) = (Meter::default(), Gate::new(asked(case)), Gathered::default());
    events.emit(RunEvent::CaseStarted { case: case.id.clone(), attempt: 1 });
    let mut phase = CasePhase::Prepare;
    let mut ending = Ending::Hung("it says no more".to_owned());
    let mut seconds = 0_u32;
    for payload in said {
        let line = gate.line("log", payload);
        events.emit(RunEvent::CaseLink { case: case.id.clone(), seconds: seconds.into(), counters: counters(seconds) });
        gathered.timeline.push(seconds.into(), counters(seconds));
        let event = meter.event(payload).and_then(|()| gate.event(payload));
        match event.and_then(|event| line.map(|line| (event, line))) {
            Ok((event, line)) => {
                events.emit(RunEvent::CaseConsole { case: case.id.clone(), line });
                if let crate::page::PageEvent::Phase { phase: next } = &event {
                    phase = *next;
                }
                if let Some(end) = gathered.take(event, Some(seconds.into()), &case.id, events) {
                    ending = end;
                    break;
                }
            }
            Err(fault) => {
                ending = Ending::Refused(phase, fault);
                break;
            }
        }
        seconds += 1;
    }
    let trial = gathered.conclude(case, ending, &[]);
    let (outcome, reasons) = (trial.verdict.outcome, trial.verdict.reasons.clone());
    let seconds = f64::from(seconds);
    *events.emit_result(result(case, trial, vec![Attempt { outcome, reasons, seconds }], seconds))
}

fn counters(seconds: u32) -> PathCounters {
    let packets = u64::from(seconds);
    let link =
        LinkCounters { packets_in: packets, packets_out: packets, bytes_out: packets * 1000, ..Default::default() };
    PathCounters { up: link, down: link }
}

#[cfg(test)]
mod tests;
