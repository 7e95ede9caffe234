//! `precall.toml` on the command line: what it sets is the default of an option, so that an option on the command line
//! wins, and the help shows what holds in this project.

use std::path::{Path, PathBuf};

use clap::{Arg, Command as ClapCommand};

use crate::arguments::Command;
use crate::job::JobError;
use precall_report::Format;
use precall_scenario::{PROJECT_FILE, ProjectDefaults, ProjectFile, find_project, load_project};

/// Returns the defaults of the project that the working directory is in. `None` if it has no `precall.toml`.
///
/// # Errors
///
/// When the file is wrong, or has no such profile.
pub(super) fn defaults(profile: Option<&str>) -> Result<Option<ProjectDefaults>, JobError> {
    match (find().as_deref().map(load).transpose()?, profile) {
        (Some(project), _) => Ok(Some(project.defaults(profile).map_err(JobError::Request)?.clone())),
        (None, Some(name)) => {
            let nowhere = "there is no precall.toml here, nor up to the root of the repository";
            Err(JobError::Request(format!("{nowhere}, so there is no profile {name:?}")))
        }
        (None, None) => Ok(None),
    }
}

/// Reads a `precall.toml`.
pub(super) fn load(path: &Path) -> Result<ProjectFile, JobError> {
    Ok(load_project(path, &Format::ALL.map(Format::as_str))?)
}

/// The path of the file, without a directory if that is the working directory.
fn find() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let found = find_project(&here)?;
    if found.parent() == Some(&here) { Some(PROJECT_FILE.into()) } else { Some(found) }
}

/// Whether a command has options that the file sets. The others also run where the file is wrong.
pub(super) fn is_about(command: &Command) -> bool {
    match command {
        Command::Run(_)
        | Command::Gate(_)
        | Command::List(_)
        | Command::Check(_)
        | Command::Merge(_)
        | Command::Bisect(_)
        | Command::Baseline { .. }
        | Command::Calibrate(_)
        | Command::History { .. }
        | Command::Serve(_) => true,
        Command::New(_)
        | Command::Init(_)
        | Command::Compare(_)
        | Command::Rescore(_)
        | Command::Explain(_)
        | Command::Report(_)
        | Command::Schema { .. }
        | Command::Platform(_)
        | Command::FromReport(_)
        | Command::Networks(_)
        | Command::Doctor(_)
        | Command::Browser { .. }
        | Command::Completions { .. }
        | Command::Mcp { .. }
        | Command::Man { .. } => false,
    }
}

/// The words of a command, and its options with the key of the file that sets each.
type CommandOptions = (&'static [&'static str], &'static [(&'static str, Key)]);

/// The commands with options that the file sets.
const OPTIONS: [CommandOptions; 14] = [
    (
        &["run"],
        &[
            ("scenarios", Key::Scenarios),
            ("output", Key::Runs),
            ("baselines", Key::Baselines),
            ("slots", Key::Slots),
            ("repeat", Key::Repeat),
            ("max_failures", Key::MaxFailures),
            ("reports", Key::Reports),
            ("browsers", Key::Browser),
        ],
    ),
    (
        &["gate"],
        &[("output", Key::Runs), ("baselines", Key::Baselines), ("slots", Key::Slots), ("reports", Key::Reports)],
    ),
    (&["list"], &[("scenarios", Key::Scenarios), ("repeat", Key::Repeat)]),
    (&["check"], &[("scenarios", Key::Scenarios)]),
    (&["merge"], &[("output", Key::Runs)]),
    (&["bisect"], &[("output", Key::Runs), ("slots", Key::Slots)]),
    (&["calibrate"], &[("runs", Key::Runs), ("slots", Key::Slots)]),
    (&["baseline", "save"], &[("baselines", Key::Baselines)]),
    (&["baseline", "accept"], &[("baselines", Key::Baselines)]),
    (&["baseline", "show"], &[("baselines", Key::Baselines)]),
    (&["history", "list"], &[("runs", Key::Runs)]),
    (&["history", "trend"], &[("runs", Key::Runs)]),
    (&["history", "flaky"], &[("runs", Key::Runs)]),
    (&["serve"], &[("runs", Key::Runs)]),
];

/// A key of the file.
#[derive(Debug, Clone, Copy)]
enum Key {
    Scenarios,
    Runs,
    Baselines,
    Slots,
    Repeat,
    MaxFailures,
    Reports,
    Browser,
}

impl Key {
    /// The values of the key, as the command line has them. Empty if it is not set.
    fn values(self, defaults: &ProjectDefaults) -> Vec<String> {
        let path = |path: &PathBuf| path.display().to_string();
        let one = |value: Option<String>| value.into_iter().collect();
        let number = |value: Option<u32>| value.map(|number| number.to_string()).into_iter().collect();
        match self {
            Self::Scenarios => defaults.scenarios.iter().map(path).collect(),
            Self::Runs => one(defaults.runs.as_ref().map(path)),
            Self::Baselines => one(defaults.baselines.as_ref().map(path)),
            Self::Slots => number(defaults.slots),
            Self::Repeat => number(defaults.repeat),
            Self::MaxFailures => number(defaults.max_failures),
            Self::Reports => defaults.reports.clone(),
            Self::Browser => one(defaults.browser.map(|kind| kind.word().to_owned())),
        }
    }
}

/// Returns a command line with these defaults.
pub(super) fn with_defaults(command: ClapCommand, defaults: &ProjectDefaults) -> ClapCommand {
    OPTIONS.iter().fold(command, |command, (path, options)| {
        within(command, path, &|inner| {
            options.iter().fold(inner, |inner, (option, key)| match &key.values(defaults)[..] {
                [] => inner,
                values => inner.mut_arg(option, |argument| with_values(argument, values)),
            })
        })
    })
}

/// Changes the subcommand at a path.
fn within(command: ClapCommand, path: &[&'static str], change: &dyn Fn(ClapCommand) -> ClapCommand) -> ClapCommand {
    match path {
        [] => change(command),
        [first, rest @ ..] => command.mut_subcommand(first, |inner| within(inner, rest, change)),
    }
}

fn with_values(argument: Arg, values: &[String]) -> Arg {
    argument.required(false).default_values(values.to_vec())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, FromArgMatches};

    use super::*;
    use crate::arguments::Arguments;
    use precall_scenario::BrowserKind;

    fn defaults() -> ProjectDefaults {
        ProjectDefaults {
            scenarios: vec!["a.toml".into(), "b.toml".into()],
            runs: Some("out/runs".into()),
            baselines: Some("out/baselines".into()),
            slots: Some(3),
            repeat: Some(4),
            max_failures: Some(5),
            reports: vec!["html".to_owned(), "junit=out/junit.xml".to_owned()],
            browser: Some(BrowserKind::Firefox),
        }
    }

    fn parsed(words: &[&str]) -> Command {
        let command = with_defaults(Arguments::command(), &defaults());
        let matches = command.try_get_matches_from([&["precall"], words].concat()).expect("a command line");
        Arguments::from_arg_matches(&matches).expect("arguments").command
    }

    fn run(words: &[&str]) -> crate::job::RunRequest {
        match parsed(&[&["run"], words].concat()) {
            Command::Run(arguments) => arguments.request(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn command_line_with_defaults_is_consistent() {
        with_defaults(Arguments::command(), &defaults()).debug_assert();
    }

    #[test]
    fn each_key_is_a_default() {
        let request = run(&[]);
        assert_eq!(request.cases.scenarios, [PathBuf::from("a.toml"), PathBuf::from("b.toml")]);
        assert_eq!((request.cases.repeat, request.cases.browser), (Some(4), Some(BrowserKind::Firefox)));
        assert_eq!((request.limits.slots, request.limits.max_failures), (Some(3), Some(5)));
        assert_eq!((request.output, request.reports.len()), (PathBuf::from("out/runs"), 2));
        assert!(matches!(parsed(&["check"]), Command::Check(arguments) if arguments.scenarios.len() == 2));
    }

    #[test]
    fn command_line_wins() {
        let words = ["c.toml", "--repeat", "1", "--slots", "2", "--report", "json", "--output", "x", "--fail-fast"];
        let request = run(&words);
        assert_eq!(request.cases.scenarios, [PathBuf::from("c.toml")]);
        assert_eq!((request.cases.repeat, request.limits.slots), (Some(1), Some(2)));
        assert_eq!((request.limits.max_failures, request.reports.len()), (Some(1), 1));
        assert_eq!(run(&["--browser", "chrome"]).cases.browser, Some(BrowserKind::Chrome));
        // Defaults are no options, so they conflict with none.
        assert!(run(&["--resume", "runs/x"]).resume.is_some());
        run(&["--chrome", "/bin/chrome"]);
    }
}
