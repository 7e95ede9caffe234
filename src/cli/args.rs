//! Every subcommand and flag.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use super::args_of_browsers::{ChromeArguments, address, devtools};
use super::args_of_results::{BaselineCommand, CompareArguments, CompareFlags, ExplainArguments, RescoreArguments};
use super::bisect_args::BisectArguments;
use super::published_args::PublishedArguments;
use super::relay_args::RelayArguments;
use super::report_args::{CalibrateArguments, ReportArguments, ReportSpec, report_spec};
use crate::environment;
use crate::exit;
use crate::plan::{Filter, Shard};
use crate::platform::media::VideoCodec;
use crate::scenario::{ModuleSpec, Selection};

/// Regression tests for OpenTok.js and its pre-call network test: real Chrome, real WebRTC, on networks controlled packet
/// by packet, against an OpenTok platform that precall embeds.
#[derive(Debug, Parser)]
#[command(version, after_help = exit::HELP, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the cases of a scenario and judge them.
    #[command(after_help = exit::HELP)]
    Run(Box<RunArguments>),
    /// List the cases of scenarios, with the time that they take and warnings about what they cannot show.
    List(ListArguments),
    /// Join the runs of all shards into one.
    #[command(after_help = exit::HELP)]
    Merge(MergeArguments),
    /// Hold two runs against one another, or two values of an axis in one: what regressed, what improved, and what could have been
    /// seen.
    #[command(after_help = exit::HELP)]
    Compare(CompareArguments),
    /// Judge a recorded run anew, by what its scenario or another one expects now; starts no browser.
    #[command(after_help = exit::HELP)]
    Rescore(RescoreArguments),
    /// Say which samples, window, threshold and rule a case's advice and verdict come from, beside what the links counted.
    Explain(ExplainArguments),
    /// Find the first release of OpenTok.js that changed a figure: runs a scenario with releases between one that is good and one
    /// that is not, each time with the one in the middle.
    #[command(after_help = exit::HELP)]
    Bisect(Box<BisectArguments>),
    /// Keep runs to compare with.
    Baseline {
        #[command(subcommand)]
        command: BaselineCommand,
    },
    /// Make a report of a run that is over; needs no browser.
    Report(ReportArguments),
    /// Hold a recorded sweep over rate or loss against what the links did, and say where the advice switches; runs nothing.
    /// `scenarios/calibration.toml` is such a sweep.
    Calibrate(CalibrateArguments),
    /// Read scenarios and say what is wrong with them, and what they cannot show; runs nothing.
    ///
    /// Every mistake is an error with its place and the line as it would be right. Warnings tell of what is valid and shows nothing: too
    /// few repeats to compare two releases, a test that ends too early, an expectation that no run can meet. They do not change the
    /// exit code.
    #[command(after_help = exit::HELP)]
    Check(CheckArguments),
    /// Print a JSON Schema of scenario files, for editors.
    #[command(after_help = SCHEMA_HELP)]
    Schema,
    /// Run the embedded OpenTok platform alone, for an application's own clients and servers.
    #[command(after_help = PLATFORM_HELP)]
    Platform(PlatformArguments),
    /// List the networks that scenarios can name, or print one as TOML.
    Networks(NetworksArguments),
    /// Look for everything that precall needs, and say how to get what is missing.
    Doctor(DoctorArguments),
    /// Get a browser.
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
    /// Only cases that look so: `sdk=2.3*,network=3g`, `network!=lte`, or a name: `clean`. Given several times, those of any.
    #[arg(long = "filter", value_name = "FILTER", value_parser = filter)]
    pub filters: Vec<String>,
    /// Only this part of the cases, as in `2/5`: every machine takes one, and `precall merge` joins their results. `auto` takes it
    /// from the variables of the CI system (GitLab, CircleCI, Buildkite, Azure Pipelines, Bitbucket, Semaphore, Cloud Run), or from
    /// JOB_COMPLETION_INDEX, which counts from 0, and PRECALL_SHARDS. In a job that is not parallel it means all cases.
    #[arg(long, value_name = "N/OF", value_parser = shard)]
    pub shard: Option<String>,
    /// A run whose durations are to be expected again: for estimates, shards, and which case begins first.
    #[arg(long, value_name = "RUN")]
    pub durations: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Run so many cases at once. By default as many as the CPUs bear: a case with Chrome's own picture takes two thirds of
    /// a CPU, without video half of one, with a detailed picture as its size asks for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub slots: Option<u16>,
    /// Only say what would run, and how long it would take.
    #[arg(long, conflicts_with = "resume")]
    pub dry_run: bool,
    /// Go on with a run that ended before its time: cases that have ended are not run again.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["scenarios", "sdks", "modules", "filters", "shard"])]
    pub resume: Option<PathBuf>,
    /// Begin no further case once one has failed.
    #[arg(long, conflicts_with = "max_failures")]
    pub fail_fast: bool,
    /// Begin no further case once so many have failed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_failures: Option<u32>,
    /// Compare the result with the baseline of this name (`precall baseline save`); a regression ends with exit code 1.
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
    /// Where baselines are.
    #[arg(long, value_name = "DIR", default_value = "baselines")]
    pub baselines: PathBuf,
    #[command(flatten)]
    pub compare: CompareFlags,
    /// Run no further repeat of a case once it is decided whether it changed: against the baseline, or between the two values of the
    /// axis `sdk` or `module`.
    #[arg(long)]
    pub sequential: bool,
    /// Where run directories are made.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub output: PathBuf,
    /// Write a report in the end, whatever the run comes to: `junit`, `html=out/report.html`. Without a file it goes into the
    /// run's directory; `github` is printed. Can be given several times.
    #[arg(long = "report", value_name = "FORMAT[=FILE]", value_parser = report_spec)]
    pub reports: Vec<ReportSpec>,
    /// Write everything that happens as JSON lines, live, to this file; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
    /// Capture the packets of each case's media on both sides of its link: `cases/<case>/media.pcapng`, for Wireshark. What goes
    /// through a relay, or over TCP, stands there as the datagrams that it carries.
    #[arg(long)]
    pub pcap: bool,
    /// Where precall serves the page, the platform and its media; port 0 takes a free one. Loopback, or with --browser an
    /// address of this host that those browsers reach.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub chrome: ChromeArguments,
    /// Run the cases in a browser that runs elsewhere, in a container or a grid, by its DevTools: `http://host:9222` or
    /// `ws://host:9222/devtools/browser/…`. Given several times, cases go to any of them, one at a time to each unless --slots
    /// says more. Contexts are made there and disposed of; nothing else is touched.
    #[arg(long = "browser", value_name = "URL", conflicts_with = "chrome", value_parser = devtools)]
    pub browsers: Vec<String>,
    /// Of what happens on the way show only what did not pass. Otherwise a terminal has a line for each case that runs, a file
    /// all that happens, and the log of a CI job (where CI is set) how each case ended.
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Print them as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// The run directories, one of each shard.
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// Where the directory of the whole run is made.
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub output: PathBuf,
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

/// How an application is pointed at the platform.
const PLATFORM_HELP: &str = "\
In the page, before anything else of OpenTok.js:  OT.setProxyUrl('<API URL>')
In a server SDK: give the API URL as its API URL (npm opentok: `new OpenTok(key, secret, '<API URL>')`;
PyPI opentok: `Client(key, secret, api_url='<API URL>')`; npm @vonage/video: `{ videoHost: '<API URL>' }`).";

#[derive(Debug, Args)]
pub(super) struct PlatformArguments {
    /// Where it listens. Other addresses than loopback have to be meant: clients elsewhere can then reach it.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The API key of its OpenTok project.
    #[arg(long, value_name = "KEY", default_value = "100")]
    pub api_key: String,
    /// A file with the project's API secret; else the secret is in PRECALL_API_SECRET, or made up.
    #[arg(long, value_name = "FILE")]
    pub api_secret_file: Option<PathBuf>,
    /// Also host a Vonage application of this id; its private key is read from --private-key-file, or made up.
    #[arg(long, value_name = "ID")]
    pub application_id: Option<String>,
    /// The application's private key, as PEM. A file that does not exist is written with a new key.
    #[arg(long, value_name = "FILE", requires = "application_id")]
    pub private_key_file: Option<PathBuf>,
    /// Let pages of this origin use the platform: `http://localhost:3000`, `null` for files. Can be given several times.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    pub allow_origins: Vec<String>,
    #[command(flatten)]
    pub published: PublishedArguments,
    /// A host name that clients call this listener by, with a port if it is not its own. Can be given several times.
    #[arg(long = "allow-host", value_name = "HOST")]
    pub allow_hosts: Vec<String>,
    /// The video codec of its streams, where their publishers know it: in the cloud, the project's preferred codec.
    #[arg(long, value_name = "CODEC", default_value = "vp8", value_parser = video_codec())]
    pub video_codec: VideoCodec,
    /// Let cameras be published in one layer, however many clients there are.
    #[arg(long)]
    pub no_simulcast: bool,
    #[command(flatten)]
    pub relay: RelayArguments,
    /// Take media by TCP as well (ICE-TCP), from clients whose UDP is blocked; the cloud does not.
    #[arg(long)]
    pub ice_tcp: bool,
    /// Print what happens as JSON lines.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(super) struct NetworksArguments {
    /// Print this one as TOML, to be pasted into a scenario and changed.
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    #[command(flatten)]
    pub chrome: ChromeArguments,
    /// Also measure whether the media router is true: Chrome through it, held against Chrome without it, on three networks. Takes
    /// two minutes, and an idle host.
    #[arg(long)]
    pub fidelity: bool,
}

fn sdk_version(text: &str) -> Result<String, String> {
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
fn module(text: &str) -> Result<ModuleSpec, String> {
    ModuleSpec::parse(text, Path::new(""))
}

fn video_codec() -> impl TypedValueParser<Value = VideoCodec> {
    let find = |name: &str| VideoCodec::ALL.into_iter().find(|codec| codec.as_str() == name);
    PossibleValuesParser::new(VideoCodec::ALL.map(VideoCodec::as_str))
        // Only names of codecs get here.
        .map(move |name| find(&name).unwrap_or_default())
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
