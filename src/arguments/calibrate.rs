//! The arguments of `precall calibrate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::browsers::BrowserArguments;
use crate::completion;
use crate::job::{AdviceRequest, Limits};
use precall_netem::units::parse_duration;
use precall_results::FrameSize;

/// The ways to calibrate.
pub(super) const HELP: &str = "\
Examples:
  precall calibrate runs/20260101T120000-calibration
  precall calibrate --advice scenarios/advice.toml
  precall calibrate --advice scenarios/advice.toml --truth calibration/networks.json
  precall calibrate --advice scenarios/advice.toml --tests runs/A --truth runs/B";

#[derive(Debug, Clone, Args)]
pub(crate) struct CalibrateArguments {
    /// The directory of a run over many rates or losses, or its `results.json` alone.
    #[arg(required_unless_present = "advice", conflicts_with = "advice", add = ArgValueCompleter::new(completion::run_directories))]
    pub run: Option<PathBuf>,
    /// Write the page to this file; by default `calibration.html` or `advice.html` in the run's directory.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Find out whether advice is right: run the network tests of this scenario, and on each of its networks a call at
    /// each size.
    #[arg(long, value_name = "SCENARIO", add = ArgValueCompleter::new(completion::scenario_files))]
    pub advice: Option<PathBuf>,
    /// Take what the networks sustain from an earlier run of the calls, or from a file of --save; runs no call.
    #[arg(long, value_name = "RUN|FILE", requires = "advice", conflicts_with_all = ["length", "repeat", "sizes"])]
    pub truth: Option<PathBuf>,
    /// Take the advice from an earlier run of the scenario; runs no test.
    #[arg(long, value_name = "RUN", requires = "advice", add = ArgValueCompleter::new(completion::run_directories))]
    pub tests: Option<PathBuf>,
    /// Keep what the networks sustain in this file, for --truth.
    #[arg(long, value_name = "FILE", requires = "advice")]
    pub save: Option<PathBuf>,
    /// The length of each call. Its first 20 s do not count.
    #[arg(long, value_name = "DURATION", requires = "advice", default_value = "60 s", value_parser = length)]
    pub length: Duration,
    /// The number of calls of each size on each network.
    #[arg(long, value_name = "N", requires = "advice", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub repeat: u32,
    /// The sizes that calls are tried at.
    #[arg(
        long,
        value_name = "SIZE",
        requires = "advice",
        value_delimiter = ',',
        default_value = "320x180,640x360,1280x720"
    )]
    pub sizes: Vec<FrameSize>,
    /// Only say what would run, and how long it would take.
    #[arg(long, requires = "advice")]
    pub dry_run: bool,
    /// The directory in which the directories of the runs are made.
    #[arg(long, value_name = "DIR", default_value = "runs", requires = "advice")]
    pub runs: PathBuf,
    /// Run this many cases at once; by default as many as the CPUs can carry.
    #[arg(long, value_name = "N", requires = "advice", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub slots: Option<u16>,
    #[command(flatten)]
    pub local_browsers: BrowserArguments,
    /// While cases run, show only those that did not pass.
    #[arg(long, short)]
    pub quiet: bool,
}

impl CalibrateArguments {
    /// The calibration of advice on this scenario that the arguments ask for.
    pub fn request(&self, scenario: PathBuf) -> AdviceRequest {
        AdviceRequest {
            scenario,
            sizes: self.sizes.clone(),
            length: self.length,
            repeat: self.repeat,
            output: self.runs.clone(),
            limits: Limits { slots: self.slots.map(usize::from), max_failures: None },
            browsers: self.local_browsers.request(),
        }
    }
}

/// Reads the length of calls. What counts of a call begins after 20 s, and percentiles need some frames.
fn length(text: &str) -> Result<Duration, String> {
    let length = parse_duration(text).map_err(|error| error.to_string())?;
    let range = Duration::from_secs(30)..=Duration::from_secs(600);
    if range.contains(&length) { Ok(length) } else { Err("a call takes from 30 s to 10 min".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_long_enough_to_count() {
        assert_eq!(length("60 s"), Ok(Duration::from_secs(60)));
        assert!(length("20 s").is_err_and(|error| error.contains("30 s")));
        assert!(length("soon").is_err());
    }
}
