//! The memory and the CPU time that the pages of a call use.

use std::time::{Duration, Instant};

use futures::future::join_all;

use super::live_participant::{LiveParticipant, ParticipantState};
use precall_browser::PageUsage;
use precall_results::PageCost;

/// How long a page may take to report its usage. A page that is blocked reports none, and the call goes on.
const READ_LIMIT: Duration = Duration::from_secs(2);

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

async fn read(participants: &[LiveParticipant<'_>]) -> Vec<Option<PageUsage>> {
    let one = async |participant: &LiveParticipant<'_>| match participant.state {
        ParticipantState::Closed => None,
        _ => tokio::time::timeout(READ_LIMIT, participant.leased.page.usage()).await.ok()?.ok(),
    };
    join_all(participants.iter().map(one)).await
}
