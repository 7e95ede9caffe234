//! Every subcommand and flag.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use super::args_of_browsers::{ChromeArguments, address, devtools};
use super::args_of_results::{BaselineCommand, CompareArguments, CompareFlags, ExplainArguments, RescoreArguments};
use super::bisect_args::BisectArguments;
use super::gate_args::{self, GateArguments};
use super::platform_args::{PLATFORM_HELP, PlatformArguments};
use super::report_args::{CalibrateArguments, ReportArguments, ReportSpec, report_spec};
use precall_results::EXIT_CODES_HELP;
use precall_scenario::plan::{Filter, Shard};
use precall_scenario::{ModuleSpec, Selection};
use precall_support::environment;

/// Regression tests for OpenTok.js and its pre-call network test: real Chrome, real WebRTC, on networks controlled packet
/// by packet, against an OpenTok platform that precall embeds.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES_HELP, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the cases of a scenario and check its expectations.
    #[command(after_help = EXIT_CODES_HELP)]
    Run(Box<RunArguments>),
    /// Answer whether a new release of OpenTok.js is worse than the one in use: no worse, worse, or cannot tell.
    #[command(after_help = gate_args::HELP)]
    Gate(Box<GateArguments>),
    /// List the cases of scenario files, how long they take, and warnings about what they cannot show; runs nothing.
    List(ListArguments),
    /// Join the runs of several shards into one run.
    #[command(after_help = EXIT_CODES_HELP)]
    Merge(MergeArguments),
    /// Compare two runs, or two SDK versions inside one run. Prints what got worse, what got better, and how small a change this many
    /// repeats can detect.
    #[command(after_help = EXIT_CODES_HELP)]
    Compare(CompareArguments),
    /// Check the expectations of a scenario on a run that is over, for example after the scenario has changed; starts no browser.
    #[command(after_help = EXIT_CODES_HELP)]
    Rescore(RescoreArguments),
    /// Explain the advice and the verdict of a case: which samples, thresholds and rules they come from, and what the network did in the
    /// meantime.
    Explain(ExplainArguments),
    /// Find the first release of OpenTok.js in which a figure changed. Runs a scenario with releases between a good one and a bad one,
    /// each time the one in the middle.
    #[command(after_help = EXIT_CODES_HELP)]
    Bisect(Box<BisectArguments>),
    /// Keep runs, to compare later ones with them.
    Baseline {
        #[command(subcommand)]
        command: BaselineCommand,
    },
    /// Write a report of a run that is over; starts no browser.
    Report(ReportArguments),
    /// Show at which rate or loss the advice of a network test changes, from a run over many rates or losses; runs nothing.
    /// `scenarios/calibration.toml` is a scenario for such a run.
    Calibrate(CalibrateArguments),
    /// Check scenario files for mistakes, and for what they cannot show; runs nothing.
    ///
    /// Every mistake is an error with its place and the line as it would be right. A warning tells of what is valid and shows nothing: too
    /// few repeats to compare two releases, a test that ends too early, an expectation that no run can meet. Warnings do not change the
    /// exit code.
    #[command(after_help = EXIT_CODES_HELP)]
    Check(CheckArguments),
    /// Print a JSON Schema of scenario files, for editors.
    #[command(after_help = SCHEMA_HELP)]
    Schema,
    /// Run the embedded OpenTok platform alone, for the clients and servers of your own application.
    #[command(after_help = PLATFORM_HELP)]
    Platform(PlatformArguments),
    /// List the networks that scenarios can name, with advice on which to take, or print one as TOML.
    Networks(NetworksArguments),
    /// Check that everything that precall needs is installed, and say how to get what is missing.
    Doctor(DoctorArguments),
    /// Install a browser.
    Browser {
        #[command(subcommand)]
        command: BrowserCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum BrowserCommand {
    /// Install Chromium with the system's package manager, or Chrome for Testing with npm.
    Install,
}

/// Which cases.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct PlanArguments {
    /// The scenario files, or directories of them; ready ones are in `scenarios/`.
    pub scenarios: Vec<PathBuf>,
    /// Run this release of OpenTok.js in every case, whatever the scenario says: `latest`, `2.27.6`, `^2.27`, `last 3`. Given
    /// several times, or when it means several, each case runs once with each.
    #[arg(long = "sdk", value_name = "VERSION", value_parser = sdk_version)]
    pub sdks: Vec<String>,
    /// Test this network-test module in every case, whatever the scenario says: `built-in`,
    /// `npm:opentok-network-test-js@3.1.6`, or the path of a build. Given several times, each case runs once with each, and
    /// they are shown side by side.
    #[arg(long = "module", value_name = "MODULE", value_parser = module)]
    pub modules: Vec<ModuleSpec>,
    /// Run only the cases that match: `sdk=2.3*,network=3g`, `network!=lte`, or a case name such as `clean`. Given several times, a
    /// case has to match one of the filters.
    #[arg(long = "filter", value_name = "FILTER", value_parser = filter)]
    pub filters: Vec<String>,
    /// Run only this part of the cases, such as `2/5`: each machine runs one part, and `precall merge` joins the results. `auto` reads
    /// the part from the variables of the CI system (GitLab, CircleCI, Buildkite, Azure Pipelines, Bitbucket, Semaphore, Cloud Run), or
    /// from JOB_COMPLETION_INDEX, which counts from 0, and PRECALL_SHARDS. In a job that is not parallel it means all cases.
    #[arg(long, value_name = "N/OF", value_parser = shard)]
    pub shard: Option<String>,
    /// DurationEstimate durations from this earlier run instead of from the scenario. The estimates decide what is announced, how cases are
    /// divided into shards, and which case begins first.
    #[arg(long, value_name = "RUN")]
    pub durations: Option<PathBuf>,
    /// Of a gate: these networks, and no others.
    #[arg(skip)]
    pub networks: Vec<String>,
    /// Of a gate: how often each case runs.
    #[arg(skip)]
    pub repeat: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Run this many cases at once. The default is as many as the CPUs can carry: a case with Chrome's own test picture needs two
    /// thirds of a CPU, one without video needs half a CPU, and a detailed picture needs more, depending on its size.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub slots: Option<u16>,
    /// Say what would run and how long it would take, and run nothing.
    #[arg(long, conflicts_with = "resume")]
    pub dry_run: bool,
    /// Continue a run that was interrupted. Cases that have ended are not run again.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["scenarios", "sdks", "modules", "filters", "shard"])]
    pub resume: Option<PathBuf>,
    /// Start no further case once one has failed.
    #[arg(long, conflicts_with = "max_failures")]
    pub fail_fast: bool,
    /// Start no further case once this many have failed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_failures: Option<u32>,
    /// Compare the result with the baseline of this name (`precall baseline save`); a regression ends with exit code 1.
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
    /// The directory of the baselines.
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    pub baselines: PathBuf,
    #[command(flatten)]
    pub compare: CompareFlags,
    /// Compare after 50 % and 75 % of the repeats as well, and stop repeating a case once the result is clear. Compares with the
    /// baseline, or the two values of the axis `sdk` or `module`. The rate of false alarms stays the same.
    #[arg(long)]
    pub sequential: bool,
    /// The directory in which the directory of the run is made.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub output: PathBuf,
    /// Write a report at the end, whatever the result: `junit`, `html=out/report.html`. Without a file name the report goes into the
    /// run's directory; `github` is printed. Can be given several times.
    #[arg(long = "report", value_name = "FORMAT[=FILE]", value_parser = report_spec)]
    pub reports: Vec<ReportSpec>,
    /// Write all events as JSON lines to this file while the run goes on; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
    /// Capture the media packets of each case on both sides of its link, for Wireshark: `cases/<case>/media.pcapng`. Media that goes
    /// through a relay or over TCP is captured as the datagrams inside.
    #[arg(long)]
    pub pcap: bool,
    /// The address on which precall serves the page, the platform and its media; port 0 takes a free port. With --browser, give an
    /// address of this host that those browsers can reach.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub chrome: ChromeArguments,
    /// Run the cases in a browser that runs elsewhere, in a container or a grid, by the address of its DevTools: `http://host:9222` or
    /// `ws://host:9222/devtools/browser/…`. Given several times, cases go to any of these browsers, one at a time to each unless
    /// --slots says more. precall makes and removes its own browser contexts and touches nothing else.
    #[arg(long = "browser", value_name = "URL", conflicts_with = "chrome", value_parser = devtools)]
    pub browsers: Vec<String>,
    /// While the run goes on, show only cases that did not pass. Without it a terminal shows a line for each case that runs, a file
    /// gets all progress, and the log of a CI job (where CI is set) gets the result of each case.
    #[arg(long, short)]
    pub quiet: bool,
    /// At the end, show the network, the claims and the media of every case, and every figure of a comparison. Without it only failed
    /// cases have them.
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Print the cases as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// The run directories, one of each shard.
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// The directory in which the directory of the joined run is made.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub output: PathBuf,
    /// Show the network, the claims and the media of every case, not only of failed ones.
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The scenario files, or directories of them.
    #[arg(required = true)]
    pub scenarios: Vec<PathBuf>,
    /// Ask npm whether the releases exist that the scenarios name.
    #[arg(long)]
    pub online: bool,
}

/// How an editor is told of the schema.
const SCHEMA_HELP: &str = "\
Editors with taplo (Even Better TOML, and others) complete and check a file whose first line is
  #:schema precall.schema.json
after  precall schema > precall.schema.json  beside it. `precall check` finds more: what the schema cannot say.";

#[derive(Debug, Args)]
pub(super) struct NetworksArguments {
    /// Print this network as TOML, to be pasted into a scenario and changed.
    pub name: Option<String>,
    /// Print the networks as JSON.
    #[arg(long)]
    pub json: bool,
    /// Show where the figures of each network come from, too.
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    #[command(flatten)]
    pub chrome: ChromeArguments,
    /// Also check the media router: compare Chrome's figures through the router with those of a direct connection, on three networks.
    /// Takes two minutes and needs an idle host.
    #[arg(long)]
    pub fidelity: bool,
}

pub(super) fn sdk_version(text: &str) -> Result<String, String> {
    Selection::parse(text).map(|_| text.to_owned())
}

/// Checked here and read again where it is used: a run that is gone on with has the text alone.
pub(super) fn filter(text: &str) -> Result<String, String> {
    Filter::parse(text).map(|_| text.to_owned())
}

fn shard(text: &str) -> Result<String, String> {
    let shard = match text {
        "auto" => Shard::from_environment(environment::text)?,
        _ => Shard::parse(text)?,
    };
    Ok(format!("{}/{}", shard.number, shard.of))
}

/// Paths on the command line are relative to the working directory.
pub(super) fn module(text: &str) -> Result<ModuleSpec, String> {
    ModuleSpec::parse(text, Path::new(""))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn help_names_every_exit_code() {
        let help = Arguments::command().render_long_help().to_string();
        for code in ["0 ", "1 ", "2 ", "3 ", "4 ", "130 "] {
            assert!(help.contains(&format!("\n  {code}")), "{code} in {help}");
        }
    }
}
