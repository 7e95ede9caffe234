//! What there is to measure, and in which order.

use std::collections::VecDeque;

use precall::fidelity::{MeasureOptions, Network, Route};

use super::arguments::Arguments;

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub network: Network,
    pub route: Route,
    pub seed: u64,
    pub options: MeasureOptions,
}

impl Job {
    /// How long it takes, with what it takes to begin.
    pub fn seconds(&self) -> f64 {
        self.network.seconds() + 1.5
    }

    pub fn described(&self) -> String {
        let route = match self.route {
            Route::Reference => "reference",
            Route::Router => "router",
        };
        format!("{}, run {}, {route}", self.network.name, self.seed)
    }
}

/// The runs that are not known yet: all networks once, then all of them again. The routes of a pair change their order
/// from run to run, so that neither of them always has the warmer host.
pub fn plan(arguments: &Arguments, networks: &[Network], is_known: impl Fn(&Job) -> bool) -> Vec<Job> {
    let mut jobs = Vec::new();
    for seed in 1..=u64::from(arguments.runs) {
        for network in networks {
            let mut routes = arguments.routes();
            if seed % 2 == 0 {
                routes.reverse();
            }
            jobs.extend(routes.into_iter().map(|route| Job {
                network: network.clone(),
                route,
                seed,
                options: arguments.options(route),
            }));
        }
    }
    jobs.retain(|job| !is_known(job));
    jobs
}

/// The runs of a network with one seed together.
pub fn by_pair(jobs: Vec<Job>) -> VecDeque<Vec<Job>> {
    let is_pair = |one: &Job, other: &Job| one.network.name == other.network.name && one.seed == other.seed;
    jobs.chunk_by(is_pair).map(<[Job]>::to_vec).collect()
}
