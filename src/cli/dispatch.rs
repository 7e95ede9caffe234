//! From the command line to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, CommandFactory, FromArgMatches, ValueEnum};

use super::error::{exit, show};
use super::{
    baseline, bisect, browser, calibrate, check, compare, completions, doctor, explain, from_report, gate, history,
    init, list, man, merge, networks, new, platform, report, rescore, run, schema, serve,
};
use crate::arguments::{Arguments, BrowserCommand, Command};
use crate::completion::answer;
use crate::job::raise_open_files;
use crate::process::{run_server_supervisor, start_logging};
use crate::runner::SERVER_SUPERVISOR_COMMAND;
use precall_browser::{LAUNCHER_COMMAND, SUPERVISOR_COMMAND, run_launcher, run_supervisor};
use precall_results::Exit;
use precall_support::output::{choose_colours, eprintln};

/// Parses the command line, runs the subcommand and returns its exit code.
pub fn main() -> ExitCode {
    let mut raw = std::env::args_os().skip(1);
    match raw.next() {
        Some(first) if first == SUPERVISOR_COMMAND => return run_supervisor(raw),
        Some(first) if first == LAUNCHER_COMMAND => return run_launcher(raw),
        Some(first) if first == SERVER_SUPERVISOR_COMMAND => return run_server_supervisor(raw),
        _ => {}
    }
    // Before anything is read or set up: a person waits for it at each press of Tab.
    if answer(Arguments::command) {
        return ExitCode::SUCCESS;
    }
    // clap itself exits with 2 when the command line is wrong.
    let matches = Arguments::command().color(wanted_colour(std::env::args_os())).get_matches();
    let arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    choose_colours(match arguments.color {
        ColorChoice::Auto => None,
        ColorChoice::Always => Some(true),
        ColorChoice::Never => Some(false),
    });
    raise_open_files();
    start_logging();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln(format_args!("error: precall cannot start its runtime: {error}"));
            return Exit::Infrastructure.into();
        }
    };
    let result = runtime.block_on(async {
        match arguments.command {
            Command::New(arguments) => new::new(&arguments),
            Command::Init(arguments) => init::init(&arguments),
            Command::Run(arguments) => run::run(*arguments).await,
            Command::Gate(arguments) => gate::gate(*arguments).await,
            Command::List(arguments) => list::list(&arguments).await,
            Command::Merge(arguments) => merge::merge(&arguments),
            Command::Compare(arguments) => compare::compare(&arguments),
            Command::Baseline { command } => baseline::baseline(&command),
            Command::Rescore(arguments) => rescore::run(&arguments),
            Command::Explain(arguments) => explain::run(&arguments),
            Command::History { command } => history::history(&command),
            Command::Bisect(arguments) => bisect::bisect(&arguments).await,
            Command::Calibrate(arguments) => calibrate::calibrate(&arguments),
            Command::Report(arguments) => report::report(&arguments),
            Command::Check(arguments) => check::check(&arguments).await,
            Command::Schema => schema::schema(),
            Command::Platform(arguments) => platform::platform(arguments).await,
            Command::FromReport(arguments) => from_report::from_report(&arguments),
            Command::Serve(arguments) => serve::serve(&arguments).await,
            Command::Networks(arguments) => networks::networks(&arguments),
            Command::Doctor(arguments) => doctor::doctor(&arguments).await,
            Command::Browser { command: BrowserCommand::Install { kind } } => browser::install(kind).await,
            Command::Completions { shell } => completions::completions(shell),
            Command::Man { directory } => man::man(&directory),
        }
    });
    // A blocking thread that hangs must not keep the process from ending.
    runtime.shutdown_background();
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            show(&error);
            exit(&error).into()
        }
    }
}

/// The value of `--color`, before the command line is parsed: its own errors and its help have colours, too.
fn wanted_colour(words: impl Iterator<Item = OsString>) -> ColorChoice {
    let words: Vec<_> = words.map(|word| word.to_string_lossy().into_owned()).collect();
    let behind = words.iter().skip_while(|word| *word != "--color").nth(1).map(String::as_str);
    let joined = words.iter().find_map(|word| word.strip_prefix("--color="));
    joined.or(behind).and_then(|text| ColorChoice::from_str(text, false).ok()).unwrap_or_default()
}
