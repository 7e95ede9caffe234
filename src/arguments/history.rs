//! The arguments of `precall history`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;

use crate::completion;
use crate::history::TrendFilter;
use precall_judge::history::GroupBy;
use precall_results::Metric;

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// List past runs with their verdicts, the latest first.
    List {
        #[command(flatten)]
        runs: PastRunsArguments,
        /// Show at most this many runs.
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        #[command(flatten)]
        form: HistoryForm,
    },
    /// List the cases whose repeats did not agree: they failed at first and then passed, or some repeats of a release
    /// passed and others failed.
    Flaky {
        #[command(flatten)]
        runs: PastRunsArguments,
        #[command(flatten)]
        form: HistoryForm,
    },
    /// Show how a metric developed over releases of OpenTok.js, runs, dates or branches, and where it changed.
    ///
    /// Values of the same case and network form a series. A change is where the values before and after differ
    /// significantly (a rank-sum test at each place, with 1 % for all together) and by an amount that counts in
    /// comparisons. The noise band holds four of five values between two changes.
    Trend {
        /// The metric, such as `video.bitrate`, `video.mos` or `link.roundTripTime`.
        #[arg(value_parser = metric, add = ArgValueCompleter::new(completion::metrics_with_numbers))]
        metric: Metric,
        #[command(flatten)]
        runs: PastRunsArguments,
        /// What the series goes over: releases, from the oldest to the newest, or runs, dates or branches, in the order
        /// of time.
        #[arg(long, value_name = "GROUP", default_value = "release")]
        by: TrendGroup,
        /// Show only cases whose id contains this text, such as `network=3g`.
        #[arg(long = "case", value_name = "TEXT")]
        cell: Option<String>,
        /// Use only runs of this branch of the repository.
        #[arg(long, value_name = "NAME")]
        branch: Option<String>,
        #[command(flatten)]
        form: HistoryForm,
    },
}

/// The runs that a question is about.
#[derive(Debug, Args)]
pub(crate) struct PastRunsArguments {
    /// The directory with the directories of the runs.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub runs: PathBuf,
    /// Use only runs of the scenario with this name.
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
}

/// The form of the answer.
#[derive(Debug, Args)]
pub(crate) struct HistoryForm {
    /// Print the answer as JSON.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print the answer as comma-separated values.
    #[arg(long)]
    pub csv: bool,
}

/// What a series goes over.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum TrendGroup {
    /// The releases of OpenTok.js.
    Release,
    /// The runs.
    Run,
    /// The days (UTC) of the runs.
    Date,
    /// The branches of the runs.
    Branch,
}

impl TrendGroup {
    pub fn group_by(self) -> GroupBy {
        match self {
            Self::Release => GroupBy::Release,
            Self::Run => GroupBy::Run,
            Self::Date => GroupBy::Date,
            Self::Branch => GroupBy::Branch,
        }
    }
}

impl PastRunsArguments {
    pub fn filter(&self, cell: Option<&String>, branch: Option<&String>) -> TrendFilter {
        TrendFilter { scenario: self.scenario.clone(), cell: cell.cloned(), branch: branch.cloned() }
    }
}

/// A metric whose values are numbers, by its name.
fn metric(name: &str) -> Result<Metric, String> {
    Metric::numeric().find(|metric| metric.as_str() == name).ok_or_else(|| {
        let names: Vec<_> = Metric::numeric().map(Metric::as_str).collect();
        format!("there is no metric {name} with numbers; there are {}", names.join(", "))
    })
}
