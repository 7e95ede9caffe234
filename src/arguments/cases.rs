//! The arguments that say which cases run.

use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::completion;
use crate::job::{CaseRequest, Parsed, SdkChoice};
use precall_scenario::ModuleSpec;
use precall_scenario::plan::{Filter, Shard};
use precall_support::environment;

/// The cases of a run.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PlanArguments {
    /// The scenario files, or directories of them; ready ones are in `scenarios/`.
    #[arg(add = ArgValueCompleter::new(completion::scenario_files))]
    pub scenarios: Vec<PathBuf>,
    /// Run this release of OpenTok.js in every case, whatever the scenario says: `latest`, `2.27.6`, `^2.27`, `last 3`,
    /// or the path of a build such as `dist/opentok.js`. Given several times, or when it means several, each case runs
    /// once with each.
    #[arg(long = "sdk", value_name = "VERSION", value_parser = Parsed::sdk, add = ArgValueCompleter::new(completion::releases))]
    pub sdks: Vec<Parsed<SdkChoice>>,
    /// Test this network-test module in every case, whatever the scenario says: `built-in`,
    /// `npm:opentok-network-test-js@3.1.6`, or the path of a build. Given several times, each case runs once with each,
    /// and they are shown side by side.
    #[arg(long = "module", value_name = "MODULE", value_parser = module)]
    pub modules: Vec<ModuleSpec>,
    /// Run only the cases that match: `sdk=2.3*,network=3g`, `network!=lte`, a case name such as `clean`, or
    /// `case!=clean`. Given several times, a case has to match one of the filters.
    #[arg(long = "filter", value_name = "FILTER", value_parser = filter, add = ArgValueCompleter::new(completion::filters))]
    pub filters: Vec<Parsed<Filter>>,
    /// Run each case this many times, whatever the scenario says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repeat: Option<u32>,
    /// Run only this part of the cases, such as `2/5`: each machine runs one part, and `precall merge` joins the
    /// results. `auto` reads the part from the variables of the CI system (GitLab, CircleCI, Buildkite, Azure
    /// Pipelines, Bitbucket, Semaphore, Cloud Run), or from JOB_COMPLETION_INDEX, which counts from 0, and
    /// PRECALL_SHARDS. In a job that is not parallel it means all cases.
    #[arg(long, value_name = "N/OF", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Estimate durations from this earlier run instead of from the scenario. The estimates decide what is announced,
    /// how cases are divided into shards, and which case begins first.
    #[arg(long, value_name = "RUN", add = ArgValueCompleter::new(completion::run_directories))]
    pub durations: Option<PathBuf>,
}

impl PlanArguments {
    /// The cases that these arguments ask for.
    pub fn request(&self) -> CaseRequest {
        CaseRequest {
            scenarios: self.scenarios.clone(),
            sdks: self.sdks.clone(),
            modules: self.modules.clone(),
            filters: self.filters.clone(),
            shard: self.shard,
            repeat: self.repeat,
            durations: self.durations.clone(),
            ..CaseRequest::default()
        }
    }
}

/// Parses a filter.
pub(super) fn filter(text: &str) -> Result<Parsed<Filter>, String> {
    Parsed::new(text, Filter::parse)
}

/// Parses a network-test module. Paths on the command line are relative to the working directory.
pub(super) fn module(text: &str) -> Result<ModuleSpec, String> {
    ModuleSpec::parse(text, Path::new(""))
}

fn shard(text: &str) -> Result<Shard, String> {
    match text {
        "auto" => Shard::from_environment(environment::text),
        _ => Shard::parse(text),
    }
}
