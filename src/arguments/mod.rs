//! Every subcommand and flag. Each file holds clap structs and their conversion into requests.

mod bisect;
mod browsers;
mod calibrate;
mod cases;
mod delivery;
mod gate;
mod history;
mod platform;
mod published;
mod recorded;
mod relay;
mod report;
mod run;
mod serve;
mod start;

use std::path::PathBuf;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;
use precall_browser::InstallTarget;

use crate::completion::{self, ShellName};
pub(crate) use bisect::BisectArguments;
pub(crate) use browsers::BrowserArguments;
pub(crate) use calibrate::CalibrateArguments;
pub(crate) use cases::PlanArguments;
pub(crate) use gate::GateArguments;
pub(crate) use history::{HistoryCommand, HistoryForm};
use platform::PLATFORM_HELP;
pub(crate) use platform::PlatformArguments;
use precall_results::EXIT_CODES_HELP;
pub(crate) use recorded::{BaselineCommand, CompareArguments, ExplainArguments, MergeArguments, RescoreArguments};
pub(crate) use report::ReportArguments;
pub(crate) use run::RunArguments;
pub(crate) use serve::{FromReportArguments, ServeArguments};
pub(crate) use start::{CiName, GateKind, InitArguments, NewArguments, releases};

/// Regression tests for OpenTok.js and its pre-call network test: real Chrome, real WebRTC, on networks controlled
/// packet by packet, against an OpenTok platform that precall embeds.
#[derive(Debug, Parser)]
#[command(version, long_version = env!("PRECALL_LONG_VERSION"), after_help = EXIT_CODES_HELP, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Colour what is printed: on terminals, always, or never. `auto` follows NO_COLOR, CLICOLOR and CLICOLOR_FORCE.
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: ColorChoice,
    /// Use this profile of the project's `precall.toml`: `[profile.NAME]`.
    #[arg(long, value_name = "NAME", global = true, add = ArgValueCompleter::new(completion::profiles))]
    pub profile: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a small scenario with comments, to be changed.
    New(NewArguments),
    /// Write what a gate needs in a repository: its scenario, `precall.toml`, a file for the CI system, and lines in
    /// `.gitignore`. Asks what no option says. A file that exists stays as it is.
    Init(InitArguments),
    /// Run the cases of a scenario and check its expectations.
    #[command(after_help = EXIT_CODES_HELP)]
    Run(Box<RunArguments>),
    /// Answer whether a new release of OpenTok.js is worse than the one in use: no worse, worse, or cannot tell.
    #[command(after_help = gate::HELP)]
    Gate(Box<GateArguments>),
    /// List the cases of scenario files, how long they take, and warnings about what they cannot show; runs nothing.
    List(ListArguments),
    /// Join the runs of several shards into one run.
    #[command(after_help = EXIT_CODES_HELP)]
    Merge(MergeArguments),
    /// Compare two runs, or two SDK versions inside one run. Prints what got worse, what got better, and how small a
    /// change this many repeats can detect.
    #[command(after_help = EXIT_CODES_HELP)]
    Compare(CompareArguments),
    /// Check the expectations of a scenario on a run that is over, for example after the scenario has changed; starts
    /// no browser.
    #[command(after_help = EXIT_CODES_HELP)]
    Rescore(RescoreArguments),
    /// Explain the advice and the verdict of a case: which samples, thresholds and rules they come from, and what the
    /// network did in the meantime.
    Explain(ExplainArguments),
    /// Find the first release of OpenTok.js in which a figure changed. Runs a scenario with releases between a good one
    /// and a bad one, each time the one in the middle.
    #[command(after_help = EXIT_CODES_HELP)]
    Bisect(Box<BisectArguments>),
    /// Keep runs, to compare later ones with them.
    Baseline {
        #[command(subcommand)]
        command: BaselineCommand,
    },
    /// Show past runs: which there were, and how a metric developed over releases or runs.
    History {
        #[command(subcommand)]
        command: HistoryCommand,
    },
    /// Write a report of a run that is over; starts no browser.
    Report(ReportArguments),
    /// Show at which rate or loss the advice of a network test changes, from a run over many rates or losses; or, with
    /// --advice, whether the advice is right.
    ///
    /// With a run it runs nothing; `scenarios/calibration.toml` is a scenario for such a run. With --advice it runs the
    /// network tests of a scenario, and on each of its networks calls at several sizes. The largest size that a call
    /// sustains is the right advice. `scenarios/advice.toml` is a scenario for that.
    #[command(after_help = calibrate::HELP)]
    Calibrate(Box<CalibrateArguments>),
    /// Check scenario files for mistakes, and for what they cannot show; runs nothing.
    ///
    /// Every mistake is an error with its place and the line as it would be right. A warning tells of what is valid and
    /// shows nothing: too few repeats to compare two releases, a test that ends too early, an expectation that no run
    /// can meet. Warnings do not change the exit code.
    #[command(after_help = EXIT_CODES_HELP)]
    Check(CheckArguments),
    /// Print a JSON Schema of scenario files, or of `precall.toml`, for editors.
    #[command(after_help = SCHEMA_HELP)]
    Schema {
        /// The files that the schema is of.
        #[arg(value_name = "FILES", default_value = "scenario")]
        of: SchemaName,
    },
    /// Run the embedded OpenTok platform alone, for the clients and servers of your own application.
    #[command(after_help = PLATFORM_HELP)]
    Platform(PlatformArguments),
    /// Serve pages to the browsers of this machine: one on which a person tests their own line, past runs, trends, and
    /// runs while they go on.
    Serve(ServeArguments),
    /// Write a scenario with the line of a report that a person has downloaded from the page of `precall serve`, or
    /// sent.
    FromReport(FromReportArguments),
    /// List the networks that scenarios can name, with advice on which to take, or print one as TOML.
    Networks(NetworksArguments),
    /// Check that everything that precall needs is installed, and say how to get what is missing.
    Doctor(DoctorArguments),
    /// Install a browser.
    Browser {
        #[command(subcommand)]
        command: BrowserCommand,
    },
    /// Print the script with which a shell completes the command line of precall.
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// The shell that is to complete it.
        shell: ShellName,
    },
    /// Offer precall's commands as tools to programs that speak the Model Context Protocol, over standard input and
    /// output. The tools only read, unless --allow-run is given.
    Mcp {
        /// Offer the tool that runs scenarios, too. It starts browsers, and the servers that scenarios name.
        #[arg(long)]
        allow_run: bool,
    },
    /// Write the manual pages of precall: one for each command.
    #[command(after_help = MAN_HELP)]
    Man {
        /// The directory of the pages. It is made if it does not exist.
        #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
        directory: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum BrowserCommand {
    /// Install a browser, unless there is one: Chromium or Firefox with the system's package manager, or else Chrome
    /// for Testing or Firefox with npm. A given version is installed with npm, beside the others.
    Install {
        /// The browser: `chrome` or `firefox`, of a given version or channel as in `chrome@140`, `chrome@beta` or
        /// `firefox@esr`.
        #[arg(value_name = "BROWSER[@VERSION]", default_value = "chrome", add = ArgValueCompleter::new(completion::browsers_to_install))]
        target: InstallTarget,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    pub plan: PlanArguments,
    /// Print the cases as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// The scenario files, or directories of them.
    #[arg(required = true, add = ArgValueCompleter::new(completion::scenario_files))]
    pub scenarios: Vec<PathBuf>,
    /// Ask npm whether the releases exist that the scenarios name.
    #[arg(long)]
    pub online: bool,
}

/// A schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaName {
    /// Scenario files.
    Scenario,
    /// `precall.toml`.
    Project,
}

/// The use of the schema in an editor.
const SCHEMA_HELP: &str = "\
Editors with taplo (Even Better TOML, and others) complete and check a file whose first line is
  #:schema precall.schema.json
after  precall schema > precall.schema.json  beside it. `precall check` finds more: what the schema cannot say.";

/// How each shell loads its script.
const COMPLETIONS_HELP: &str = "\
Bash:        precall completions bash > ~/.local/share/bash-completion/completions/precall
Zsh:         precall completions zsh > ~/.zfunc/_precall, with ~/.zfunc in $fpath before compinit
Fish:        precall completions fish > ~/.config/fish/completions/precall.fish
Elvish:      precall completions elvish >> ~/.config/elvish/rc.elv
PowerShell:  precall completions powershell >> $PROFILE
The script asks the precall of your PATH at each press of Tab. Write it again after an update of precall.";

/// How the pages are read.
const MAN_HELP: &str = "\
Example:  precall man ~/.local/share/man/man1  and then  man precall-run";

#[derive(Debug, Args)]
pub(crate) struct NetworksArguments {
    /// Print this network as TOML, to be pasted into a scenario and changed.
    #[arg(add = ArgValueCompleter::new(completion::networks))]
    pub name: Option<String>,
    /// Print the networks as JSON.
    #[arg(long)]
    pub json: bool,
    /// Show where the figures of each network come from, too.
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub local_browsers: BrowserArguments,
    /// Also check the media router: compare Chrome's figures through the router with those of a direct connection, on
    /// three networks. Takes two minutes and needs an idle host.
    #[arg(long)]
    pub fidelity: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_consistent() {
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
