//! A whole run.

use std::sync::Arc;

use super::case::{PendingCase, run_case};
use super::devices::{browsers_of, needs_own_browser};
use super::options::{RunOptions, Stop};
use super::schedule::{RunEnd, Schedule, schedule};
use super::test_bed::TestBed;
use crate::run_events::Events;
use precall_results::CaseResult;
use precall_scenario::plan::Case;

/// Runs the cases, and emits everything that happens through `events`, except that the run is over: the caller judges
/// the run as a whole first. Returns the results of all cases, those of `finished` included, which ended in an earlier
/// part of the run. A case that breaks does not keep the others from running.
pub async fn run(
    cases: &[Case],
    finished: &[CaseResult],
    bed: &Arc<TestBed>,
    options: &RunOptions,
    events: &Events,
    stop: &Stop,
) -> RunEnd {
    let plan = Schedule { cases, finished, options, events, stop };
    let shared: Arc<[Case]> = cases.into();
    // The first cases find their browsers ready.
    let prepare = async |first: &[usize]| {
        let wanted = first.iter().map(|index| &cases[*index]).filter(|case| !needs_own_browser(case));
        let is_over = |case: &Case| finished.iter().any(|result| result.case == case.id);
        let all = cases.iter().filter(|case| !needs_own_browser(case) && !is_over(case));
        bed.browsers.expect(all.flat_map(browsers_of)).await;
        bed.browsers.prepare(wanted.flat_map(browsers_of).collect()).await;
    };
    let run_one = |work: PendingCase| {
        let (cases, bed, events, cancel) = (Arc::clone(&shared), Arc::clone(bed), events.clone(), stop.now.clone());
        async move { run_case(&cases, work, &bed, &events, &cancel).await }
    };
    schedule(plan, prepare, run_one).await
}
