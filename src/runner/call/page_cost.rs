//! The memory and the CPU time that the pages of a call use.

use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::time::MissedTickBehavior;
use tokio_util::task::AbortOnDropHandle;

use super::live_participant::{LiveParticipant, ParticipantState};
use crate::run_events::Events;
use precall_browser::{PageMeter, PageUsage};
use precall_results::{PageCost, PageSecond, RunEvent};

/// How long a page may take to report its usage. A page that is blocked reports none, and the call goes on.
const READ_LIMIT: Duration = Duration::from_secs(2);

/// How often the usage of a page is reported.
const METER_INTERVAL: Duration = Duration::from_secs(1);

/// What the pages had used when a call began.
#[derive(Debug)]
pub(super) struct PageCosts {
    since: Instant,
    began: Vec<Option<PageUsage>>,
}

impl PageCosts {
    /// Reads the usage of the pages so far.
    pub(super) async fn begin(participants: &[LiveParticipant<'_>]) -> Self {
        let began = read(participants).await;
        Self { since: Instant::now(), began }
    }

    /// Returns what each page has used since the call began; `None` for a page that was closed or loaded again.
    pub(super) async fn end(&self, participants: &[LiveParticipant<'_>]) -> Vec<Option<PageCost>> {
        let seconds = self.since.elapsed().as_secs_f64();
        let cost = |(before, after): (&Option<PageUsage>, Option<PageUsage>)| {
            let (before, after) = ((*before)?, after?);
            // A page that was loaded again may have another process.
            let cpu_time = after.cpu_time.checked_sub(before.cpu_time)?;
            Some(PageCost { heap_size: after.heap_bytes, cpu_ratio: cpu_time.as_secs_f64() / seconds })
        };
        self.began.iter().zip(read(participants).await).map(cost).collect()
    }
}

/// Reports what the pages of a call use, once a second, until it is dropped.
pub(super) struct PageMeters {
    _tasks: Vec<AbortOnDropHandle<()>>,
}

impl PageMeters {
    /// Begins with the call.
    pub(super) fn start(case: &str, participants: &[LiveParticipant<'_>], events: &Events) -> Self {
        let task = |participant: &LiveParticipant<'_>| {
            let meter = participant.leased.page.meter();
            let report = report(case.to_owned(), participant.spec.name.clone(), meter, events.clone());
            AbortOnDropHandle::new(tokio::spawn(report))
        };
        Self { _tasks: participants.iter().map(task).collect() }
    }
}

/// Reports what a page uses. A second in which the page does not answer is left out.
async fn report(case: String, participant: String, meter: Box<dyn PageMeter>, events: Events) {
    let began = Instant::now();
    let mut ticks = tokio::time::interval(METER_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before: Option<(Instant, PageUsage)> = None;
    loop {
        ticks.tick().await;
        let Ok(Ok(usage)) = tokio::time::timeout(READ_LIMIT, meter.read()).await else {
            before = None;
            continue;
        };
        let now = Instant::now();
        // A page that was loaded again may have another process.
        let used = before.and_then(|(at, before)| Some((now - at, usage.cpu_time.checked_sub(before.cpu_time)?)));
        before = Some((now, usage));
        let Some((time, cpu_time)) = used else { continue };
        let page = PageSecond { heap_size: usage.heap_bytes, cpu_ratio: cpu_time.as_secs_f64() / time.as_secs_f64() };
        let seconds = began.elapsed().as_secs_f64();
        events.emit(RunEvent::CasePage { case: case.clone(), participant: participant.clone(), seconds, page });
    }
}

async fn read(participants: &[LiveParticipant<'_>]) -> Vec<Option<PageUsage>> {
    let one = async |participant: &LiveParticipant<'_>| match participant.state {
        ParticipantState::Closed => None,
        _ => tokio::time::timeout(READ_LIMIT, participant.leased.page.usage()).await.ok()?.ok(),
    };
    join_all(participants.iter().map(one)).await
}
