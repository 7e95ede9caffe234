//! How a run schedules its cases, and how it is ended early.

use tokio_util::sync::CancellationToken;

use precall_judge::comparison::Stopping;
use precall_results::RunInfo;
#[cfg(test)]
use precall_scenario::plan::Case;
use precall_scenario::plan::{CpuWeight, Durations};

/// How a run schedules its cases.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The description of the run that its first event carries.
    pub run: RunInfo,
    /// The share of the CPUs that all running cases may take together.
    pub capacity: CpuWeight,
    /// The number of cases that run at once, whatever they weigh. Absent for as many as `capacity` holds.
    pub slots: Option<usize>,
    /// The number of failures after which no further case begins. Absent for no such limit.
    pub max_failures: Option<usize>,
    /// How long cases take, as far as that is known. The longest begin first.
    pub durations: Durations,
    /// The rule by which repeats of a decided cell do not run. Absent when all of them run.
    pub sequential: Option<Stopping>,
}

/// Ends a run early. Clones end the same run.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Begins no further case, and lets the running ones end.
    pub drain: CancellationToken,
    /// Ends the running cases, too, as interrupted.
    pub now: CancellationToken,
}

#[cfg(test)]
impl RunOptions {
    /// The cases of a scenario file with this text, and a run of them on two CPUs.
    pub(super) fn planned(text: &str, slots: Option<usize>) -> (Vec<Case>, Self) {
        use precall_results::Environment;
        use precall_scenario::plan::{Releases, expand};

        let scenario = precall_scenario::parse(text, std::path::Path::new("test.toml")).expect("a scenario");
        let cases = expand(&[scenario], &Releases::default()).expect("a plan");
        let environment =
            Environment { precall: String::new(), browser: String::new(), os: String::new(), cpus: 2, branch: None };
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
