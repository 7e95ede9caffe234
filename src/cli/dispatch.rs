//! From the command line to an exit code.

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory, FromArgMatches, ValueEnum};

use super::error::{exit, show};
use super::{
    baseline, bisect, browser, calibrate, check, compare, completions, doctor, explain, from_report, gate, history,
    init, list, man, mcp, merge, networks, new, platform, project, report, rescore, run, schema, serve, watch,
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
    let words: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let colour = value_of("--color", &words).and_then(|text| ColorChoice::from_str(text, false).ok());
    let defaults = project::defaults(value_of("--profile", &words));
    let mut command = Arguments::command().color(colour.unwrap_or_default());
    if let Ok(Some(defaults)) = &defaults {
        command = project::with_defaults(command, defaults);
    }
    let parsed = command.try_get_matches().and_then(|matches| Arguments::from_arg_matches(&matches));
    let fault = match (&parsed, &defaults) {
        (Ok(arguments), Err(error)) if project::is_about(&arguments.command) => Some(error),
        // What is missing may be in the file.
        (Err(wrong), Err(error)) if wrong.kind() == ErrorKind::MissingRequiredArgument => Some(error),
        _ => None,
    };
    choose_colours(match parsed.as_ref().ok().map(|arguments| arguments.color).or(colour) {
        None | Some(ColorChoice::Auto) => None,
        Some(ColorChoice::Always) => Some(true),
        Some(ColorChoice::Never) => Some(false),
    });
    if let Some(error) = fault {
        show(error);
        return exit(error).into();
    }
    let arguments = parsed.unwrap_or_else(|wrong| wrong.exit());
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
            Command::Run(arguments) if arguments.watch => watch::watch(&arguments).await,
            Command::Run(arguments) => run::run(*arguments).await,
            Command::Gate(arguments) => gate::gate(*arguments).await,
            Command::List(arguments) => list::list(&arguments).await,
            Command::Merge(arguments) => merge::merge(&arguments).await,
            Command::Compare(arguments) => compare::compare(&arguments),
            Command::Baseline { command } => baseline::baseline(&command),
            Command::Rescore(arguments) => rescore::run(&arguments),
            Command::Explain(arguments) => explain::run(&arguments),
            Command::History { command } => history::history(&command),
            Command::Bisect(arguments) => bisect::bisect(&arguments).await,
            Command::Calibrate(arguments) => calibrate::calibrate(*arguments).await,
            Command::Report(arguments) => report::report(&arguments).await,
            Command::Check(arguments) => check::check(&arguments).await,
            Command::Schema { of } => schema::schema(of),
            Command::Platform(arguments) => platform::platform(arguments).await,
            Command::FromReport(arguments) => from_report::from_report(&arguments),
            Command::Serve(arguments) => serve::serve(&arguments).await,
            Command::Networks(arguments) => networks::networks(&arguments),
            Command::Doctor(arguments) => doctor::doctor(&arguments).await,
            Command::Browser { command: BrowserCommand::Install { target } } => browser::install(&target).await,
            Command::Completions { shell } => completions::completions(shell),
            Command::Mcp { allow_run } => mcp::mcp(allow_run).await,
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

/// The value of an option before the command line is parsed: both its help and its errors depend on it.
fn value_of<'a>(option: &str, words: &'a [String]) -> Option<&'a str> {
    let behind = words.iter().skip_while(|word| *word != option).nth(1).map(String::as_str);
    let joined = words.iter().find_map(|word| word.strip_prefix(option)?.strip_prefix('='));
    joined.or(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_is_behind_the_option_or_joined_to_it() {
        let of = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            value_of("--profile", &words).map(str::to_owned)
        };
        assert_eq!(of(&["precall", "run", "--profile", "ci"]), Some("ci".to_owned()));
        assert_eq!(of(&["precall", "--profile=ci", "run"]), Some("ci".to_owned()));
        assert_eq!(of(&["precall", "run", "--profiled=ci"]), None);
        assert_eq!(of(&["precall", "run", "--profile"]), None);
    }
}
