//! A whole run.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::case::{Work, run_case};
use super::devices::{fake_devices, needs_own_browser};
use super::lab::Lab;
use super::schedule::{RunEnd, Schedule, schedule};
use crate::run_events::Events;
use precall_judge::comparison::Stopping;
use precall_results::{CaseResult, RunInfo};
use precall_scenario::plan::{Case, CpuWeight, Durations};

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

/// Runs the cases, and emits everything that happens through `events`, except that the run is over: the caller judges the run as a whole
/// first. Returns the results of all cases, those of `finished` included, which ended in an earlier part of the run. A case that breaks
/// does not keep the others from running.
pub async fn run(
    cases: &[Case],
    finished: &[CaseResult],
    lab: &Arc<Lab>,
    options: &RunOptions,
    events: &Events,
    stop: &Stop,
) -> RunEnd {
    let plan = Schedule { cases, finished, options, events, stop };
    let shared: Arc<[Case]> = cases.into();
    // Those that begin at once find their browsers there.
    let prepare = async |first: &[usize]| {
        let wanted = first.iter().map(|index| &cases[*index]).filter(|case| !needs_own_browser(case));
        lab.browsers.prepare(wanted.map(fake_devices).collect()).await;
    };
    let run_one = |work: Work| {
        let (cases, lab, events, cancel) = (Arc::clone(&shared), Arc::clone(lab), events.clone(), stop.now.clone());
        async move { run_case(&cases, work, &lab, &events, &cancel).await }
    };
    schedule(plan, prepare, run_one).await
}

#[cfg(test)]
impl RunOptions {
    /// The cases of a scenario file with this text, and a run of them on two CPUs.
    pub(super) fn planned(text: &str, slots: Option<usize>) -> (Vec<Case>, Self) {
        use precall_results::Environment;
        use precall_scenario::plan::{Releases, expand};

        let scenario = precall_scenario::parse(text, std::path::Path::new("test.toml")).expect("a scenario");
        let cases = expand(&[scenario], &Releases::default()).expect("a plan");
        let environment = Environment { precall: String::new(), browser: String::new(), os: String::new(), cpus: 2 };
        let run = RunInfo {
            scenario: String::new(),
            scenario_digest: String::new(),
            started_at: String::new(),
            cases: Vec::new(),
            slots: 1,
            shard: None,
            invariants: Default::default(),
            compare: Default::default(),
            gate: None,
            environment,
        };
        let (capacity, durations) = (CpuWeight::from_cpus(2), Durations::default());
        (cases, Self { run, capacity, slots, max_failures: None, durations, sequential: None })
    }
}
