//! The arguments of `precall gate`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::browsers::BrowserArguments;
use super::cases::module;
use super::delivery::DeliveryArguments;
use super::recorded::CompareFlags;
use super::report::report_request;
use crate::completion;
use crate::job::{BaselineRequest, GateRequest, Limits, Parsed, ReportRequest, SdkChoice};
use precall_scenario::ModuleSpec;

/// The answers of a gate, with their exit codes.
pub(super) const HELP: &str = "\
Examples:
  precall gate --from 2.34.2 --to latest --network 3g,wifi-hotel
  precall gate upgrade.toml --to 2.35.2 --report html --report junit
  precall gate --to latest --network 3g --baseline main
  precall gate --to 2.35.2 --module npm:opentok-network-test-js@3.1.5 --module npm:opentok-network-test-js@3.1.6 --network 3g

Exit codes:
  0    no worse: nothing that counts became worse, and it would have been seen
  1    worse, or the new release misses an expectation of the scenario in half of its repeats or more
  2    the command line is wrong
  3    the scenario file is wrong, or there is no such release
  4    cannot tell: too few repeats, too much noise, or a host that was too busy; or something is missing (Chrome, npm)
  130  interrupted";

#[derive(Debug, Clone, Args)]
pub(crate) struct GateArguments {
    /// The scenario whose cases, camera, module and expectations are used, and whose `[gate]` gives defaults. Without
    /// it the gate runs a detailed camera of 640x480 on the networks of --network.
    #[arg(add = ArgValueCompleter::new(completion::scenario_files))]
    pub scenario: Option<PathBuf>,
    /// The release of OpenTok.js that is in use: `2.34.2`, or the path of a build.
    #[arg(long, value_name = "VERSION", value_parser = Parsed::sdk, add = ArgValueCompleter::new(completion::releases))]
    pub from: Option<Parsed<SdkChoice>>,
    /// The release that is to replace it: `2.35.2`, `latest`, or the path of a build such as `dist/opentok.js`.
    #[arg(long, value_name = "VERSION", value_parser = Parsed::sdk, add = ArgValueCompleter::new(completion::releases))]
    pub to: Option<Parsed<SdkChoice>>,
    /// The networks, by name: `3g,wifi-hotel`; `precall networks` lists them. By default those of the scenario.
    #[arg(long = "network", value_name = "NAME", value_delimiter = ',', add = ArgValueCompleter::new(completion::networks))]
    pub networks: Vec<String>,
    /// The network-test module: `built-in`, `npm:opentok-network-test-js@3.1.6`, or the path of a build. Given twice,
    /// the second module is held against the first, with the one release of --to.
    #[arg(long = "module", value_name = "MODULE", value_parser = module)]
    pub modules: Vec<ModuleSpec>,
    /// Compare the new release with the baseline of this name (`precall baseline save`) instead of running the old one.
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(completion::baseline_names), conflicts_with = "from")]
    pub baseline: Option<String>,
    /// Where baselines are.
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    pub baselines: PathBuf,
    /// How often each case runs at most. The gate ends earlier once it can answer.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(6..=100))]
    pub max_repeats: Option<u32>,
    /// Only say what would run, how long it would take, and which changes it could see.
    #[arg(long)]
    pub dry_run: bool,
    /// An earlier run, whose durations and noise are to be expected again.
    #[arg(long, value_name = "RUN", add = ArgValueCompleter::new(completion::run_directories))]
    pub durations: Option<PathBuf>,
    #[command(flatten)]
    pub compare: CompareFlags,
    /// Write a report in the end, whatever the gate answers: `junit`, `html=out/report.html`. Without a file it goes
    /// into the run's directory; `github` is printed. Can be given several times.
    #[arg(long = "report", value_name = "FORMAT[=FILE]", value_parser = report_request, add = ArgValueCompleter::new(completion::report_requests))]
    pub reports: Vec<ReportRequest>,
    #[command(flatten)]
    pub deliveries: DeliveryArguments,
    /// The directory in which the directory of the run is made.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub output: PathBuf,
    /// Run this many cases at once; by default as many as the CPUs can carry.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub slots: Option<u16>,
    #[command(flatten)]
    pub local_browsers: BrowserArguments,
    /// While the gate runs, show only cases that did not pass.
    #[arg(long, short)]
    pub quiet: bool,
    /// At the end, show the network, the claims and the media of every case, and every compared figure.
    #[arg(long, short)]
    pub verbose: bool,
}

impl GateArguments {
    /// The gate that these arguments ask for.
    pub fn request(&self) -> GateRequest {
        let name = |name: &String| BaselineRequest { directory: self.baselines.clone(), name: name.clone() };
        GateRequest {
            scenario: self.scenario.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            networks: self.networks.clone(),
            modules: self.modules.clone(),
            baseline: self.baseline.as_ref().map(name),
            max_repeats: self.max_repeats,
            durations: self.durations.clone(),
            compare: self.compare.request(),
            reports: self.reports.clone(),
            deliveries: self.deliveries.destinations(),
            output: self.output.clone(),
            limits: Limits { slots: self.slots.map(usize::from), max_failures: None },
            browsers: self.local_browsers.request(),
        }
    }
}
