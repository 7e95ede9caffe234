//! The arguments of the subcommands that work on recorded runs.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::report::{ComparisonReport, comparison_report};
use crate::completion;
use crate::job::{CompareRequest, RunPlace, SidesRequest};
use crate::store::StoreAddress;
use precall_netem::units::{Ratio, parse_duration};
use precall_results::{Metric, MinimumEffect};

#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Keep a run under a name.
    Save {
        /// The run's directory.
        #[arg(add = ArgValueCompleter::new(completion::run_directories))]
        run: PathBuf,
        /// The baseline's name.
        #[arg(add = ArgValueCompleter::new(completion::baseline_names))]
        name: String,
        /// The directory of the baselines.
        #[arg(long, value_name = "DIR", default_value = "baselines")]
        baselines: PathBuf,
    },
    /// Replace a baseline by a run, and show what that changes.
    Accept {
        /// The run's directory.
        #[arg(add = ArgValueCompleter::new(completion::run_directories))]
        run: PathBuf,
        /// The baseline's name.
        #[arg(add = ArgValueCompleter::new(completion::baseline_names))]
        name: String,
        /// The directory of the baselines.
        #[arg(long, value_name = "DIR", default_value = "baselines")]
        baselines: PathBuf,
        /// Write the comparison as an HTML page; without a file name it goes into the run's directory, as
        /// `comparison.html`.
        #[arg(long, value_name = "html[=FILE]", value_parser = comparison_report)]
        report: Option<ComparisonReport>,
        /// Show every figure.
        #[arg(long, short)]
        verbose: bool,
    },
    /// List the baselines, or show one.
    Show {
        /// The name of the baseline. Without it, all baselines are listed.
        #[arg(add = ArgValueCompleter::new(completion::baseline_names))]
        name: Option<String>,
        /// The directory of the baselines.
        #[arg(long, value_name = "DIR", default_value = "baselines")]
        baselines: PathBuf,
        /// Show the network, the claims and the media of every case, not only of failed ones.
        #[arg(long, short)]
        verbose: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct MergeArguments {
    /// The runs, one of each shard: directories, or addresses that `precall run --store` had.
    #[arg(required = true, value_name = "RUN|URL", value_parser = run_place, add = ArgValueCompleter::new(completion::run_directories))]
    pub runs: Vec<RunPlace>,
    /// Wait until the runs at addresses are over, at most for so long: `240 min`.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub wait: Option<Duration>,
    /// The directory in which the directory of the joined run is made.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub output: PathBuf,
    /// Copy the joined run to a server or a bucket: `https://host/path`, `s3://bucket/path`, or `env:NAME`.
    #[arg(long, value_name = "URL", value_parser = StoreAddress::read)]
    pub store: Option<StoreAddress>,
    /// Show the network, the claims and the media of every case, not only of failed ones.
    #[arg(long, short)]
    pub verbose: bool,
}

/// Reads a run's directory, or its address in a store.
fn run_place(text: &str) -> Result<RunPlace, String> {
    match StoreAddress::is_meant(text) {
        true => StoreAddress::read(text).map(RunPlace::Stored),
        false => Ok(RunPlace::Directory(PathBuf::from(text))),
    }
}

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    /// The directory of the old run, or of a baseline. With --axis, the directory of the only run.
    #[arg(add = ArgValueCompleter::new(completion::run_directories))]
    pub a: PathBuf,
    /// The directory of the new run. Without it, and without --axis, the two builds inside the first run are compared.
    #[arg(add = ArgValueCompleter::new(completion::run_directories))]
    pub b: Option<PathBuf>,
    /// Compare two values of an axis inside one run: `sdk=2.27.6,2.35.2`, the old value first. Repeats with the same
    /// number are compared as pairs.
    #[arg(long, value_name = "AXIS=A,B", value_parser = two_values, conflicts_with = "b")]
    pub axis: Option<(String, (String, String))>,
    /// Write the comparison as JSON, every sample included; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the comparison as an HTML page with every measurement; without a file name it goes into the directory of
    /// the new run, as `comparison.html`.
    #[arg(long, value_name = "html[=FILE]", value_parser = comparison_report)]
    pub report: Option<ComparisonReport>,
    /// Show a table of every figure, too.
    #[arg(long, short)]
    pub verbose: bool,
    #[command(flatten)]
    pub flags: CompareFlags,
}

#[derive(Debug, Args)]
pub(crate) struct RescoreArguments {
    /// The run's directory.
    #[arg(add = ArgValueCompleter::new(completion::run_directories))]
    pub run: PathBuf,
    /// Use the expectations of this scenario instead of the run's own. Give it several times if the run has several
    /// scenarios.
    #[arg(long = "scenario", value_name = "FILE", add = ArgValueCompleter::new(completion::scenario_files))]
    pub scenarios: Vec<PathBuf>,
    /// Write the whole result as JSON; `-` is standard output. The recorded run is not changed.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Show the network, the claims and the media of every case, not only of failed ones.
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The run's directory.
    #[arg(add = ArgValueCompleter::new(completion::run_directories))]
    pub run: PathBuf,
    /// The case: its id, its short name, or words that only it has, such as `wifi-hotel 2.35.2 #1`. Without it, the
    /// cases that failed.
    pub case: Vec<String>,
    /// The scenario file, if it has moved since the run.
    #[arg(long = "scenario", value_name = "FILE", add = ArgValueCompleter::new(completion::scenario_files))]
    pub scenarios: Vec<PathBuf>,
}

/// How sides are compared, over what the scenario's `[compare]` says.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct CompareFlags {
    /// Ignore changes of a figure that are smaller than this: `video.bitrate=10%`, `audio.mos=0.2`,
    /// `link.roundTripTime=30ms`. Can be given several times.
    #[arg(long = "minimum", value_name = "FIGURE=CHANGE", value_parser = minimum_effect, add = ArgValueCompleter::new(completion::minimum_effects))]
    pub minimum_effects: Vec<(Metric, MinimumEffect)>,
    /// The chance of a false alarm per case, all its figures together: `1%`. The default is 5 %.
    #[arg(long, value_name = "CHANCE", value_parser = level)]
    pub level: Option<f64>,
    /// Compare runs even if their browsers, machines, scenarios or slots differ.
    #[arg(long)]
    pub allow_unlike: bool,
}

impl CompareFlags {
    /// The comparison that these flags ask for.
    pub fn request(&self) -> CompareRequest {
        CompareRequest {
            minimum_effects: self.minimum_effects.clone(),
            level: self.level,
            allow_unlike: self.allow_unlike,
        }
    }
}

impl CompareArguments {
    /// The two sides that these arguments name.
    pub fn sides(&self) -> SidesRequest {
        let run = self.a.clone();
        match (&self.b, &self.axis) {
            (Some(b), _) => SidesRequest::Runs(run, b.clone()),
            (None, Some((axis, (a, b)))) => {
                SidesRequest::Axis { run, axis: axis.clone(), values: [a.clone(), b.clone()] }
            }
            (None, None) => SidesRequest::OnlyAxis(run),
        }
    }
}

fn two_values(text: &str) -> Result<(String, (String, String)), String> {
    let read = || {
        let (axis, values) = text.split_once('=')?;
        let (a, b) = values.split_once(',')?;
        let is_good = !axis.is_empty() && !a.is_empty() && !b.is_empty() && !b.contains(',') && a != b;
        is_good.then(|| (axis.to_owned(), (a.to_owned(), b.to_owned())))
    };
    read().ok_or_else(|| "write an axis and two of its values: `sdk=2.27.6,2.35.2`".to_owned())
}

fn minimum_effect(text: &str) -> Result<(Metric, MinimumEffect), String> {
    let (name, effect) = text.split_once('=').ok_or("write a figure and a change: `video.bitrate=10%`")?;
    let figure = figure(name)?;
    figure.parse_effect(effect).map(|effect| (figure, effect)).map_err(|error| error.to_string())
}

/// A figure that is compared, by its name.
pub(super) fn figure(name: &str) -> Result<Metric, String> {
    Metric::compared().find(|figure| figure.as_str() == name).ok_or_else(|| {
        let names: Vec<_> = Metric::compared().map(|figure| figure.as_str()).collect();
        format!("{name} is not compared; there are {}", names.join(", "))
    })
}

fn level(text: &str) -> Result<f64, String> {
    let level = text.parse::<Ratio>().map_err(|error| error.to_string())?.get();
    if (0.0001..=0.2).contains(&level) { Ok(level) } else { Err("write 0.01 % to 20 %: `1%`".to_owned()) }
}
