//! `precall init`.

use std::io::{IsTerminal, stdin};
use std::path::PathBuf;

use clap::ValueEnum;
use dialoguer::{Error, Input, MultiSelect, Select};

use super::new::print_next;
use crate::arguments::{CiName, GateKind, InitArguments, releases};
use crate::job::{InitRequest, JobError, StarterError, StarterFile, gate_defaults, init as write_files};
use precall_results::Exit;
use precall_scenario::{GateSpec, catalogue};
use precall_support::output::{is_live_terminal, println};

pub(super) fn init(arguments: &InitArguments) -> Result<Exit, JobError> {
    let files = write_files(&request(arguments)?)?;
    for file in &files {
        match file {
            StarterFile::Written(path) => println(format_args!("written:   {}", path.display())),
            StarterFile::Extended(path) => println(format_args!("extended:  {}", path.display())),
            StarterFile::Kept(path) => println(format_args!("unchanged: {}, which exists", path.display())),
        }
    }
    if let Some(StarterFile::Written(scenario) | StarterFile::Kept(scenario)) = files.first() {
        print_next(&["check", "gate"], scenario, " --dry-run");
    }
    Ok(Exit::Passed)
}

/// What the options say, and for the rest what a person answers.
fn request(arguments: &InitArguments) -> Result<InitRequest, JobError> {
    let defaults = gate_defaults()?;
    let is_complete =
        arguments.gate.is_some() && arguments.sdk.is_some() && !arguments.networks.is_empty() && arguments.ci.is_some();
    let is_asking = !arguments.yes && !is_complete;
    if is_asking && !(stdin().is_terminal() && is_live_terminal()) {
        return Err(StarterError::NobodyToAsk.into());
    }
    let kind = match arguments.gate {
        None if is_asking => ask_one("What does the gate run?", 0)?,
        given => given.unwrap_or(GateKind::NetworkTest),
    };
    let (from, to) = match &arguments.sdk {
        Some(sdk) => sdk.clone(),
        None if is_asking => ask_releases(&defaults)?,
        None => sides(&defaults),
    };
    let networks = match &arguments.networks[..] {
        [] if is_asking => ask_networks(&defaults.networks)?,
        [] => defaults.networks,
        given => given.to_vec(),
    };
    let ci = match arguments.ci {
        None if is_asking => ask_one("Which CI system runs it?", CiName::value_variants().len() - 1)?,
        given => given.unwrap_or(CiName::None),
    };
    Ok(InitRequest { root: PathBuf::from("."), kind: kind.kind(), from, to, networks, ci: ci.system() })
}

/// The releases of the ready scenario, which names both.
fn sides(defaults: &GateSpec) -> (String, String) {
    (defaults.from.clone().unwrap_or_default(), defaults.to.clone().unwrap_or_default())
}

/// Asks for one of the values of an option.
fn ask_one<T: ValueEnum>(question: &str, first: usize) -> Result<T, JobError> {
    let values = T::value_variants();
    let line = |value: &T| {
        let value = value.to_possible_value()?;
        let help = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
        Some(format!("{}{}", value.get_name(), help.trim_end_matches('.')))
    };
    let lines: Vec<_> = values.iter().filter_map(line).collect();
    let chosen = Select::new().with_prompt(question).items(&lines).default(first).interact().map_err(no_answer)?;
    // The index is one of the list, which has a line for each value.
    Ok(values[chosen].clone())
}

fn ask_releases(defaults: &GateSpec) -> Result<(String, String), JobError> {
    let (from, to) = sides(defaults);
    let text: String = Input::new()
        .with_prompt("Release of OpenTok.js in production, and the one to replace it")
        .default(format!("{from},{to}"))
        .validate_with(|text: &String| releases(text).map(drop))
        .interact_text()
        .map_err(no_answer)?;
    releases(&text).map_err(JobError::Request)
}

fn ask_networks(defaults: &[String]) -> Result<Vec<String>, JobError> {
    let all = catalogue();
    let lines: Vec<_> = all.iter().map(|network| format!("{}: {}", network.name, network.description)).collect();
    let chosen: Vec<_> = all.iter().map(|network| defaults.contains(&network.name)).collect();
    let prompt = "Networks of your users (space selects, enter ends)";
    let chosen = MultiSelect::new().with_prompt(prompt).items(&lines).defaults(&chosen).max_length(12).interact();
    let names: Vec<_> = chosen.map_err(no_answer)?.into_iter().map(|at| all[at].name.clone()).collect();
    if names.is_empty() { Err(JobError::NoNetwork) } else { Ok(names) }
}

/// A person who ends a question with Ctrl-C, or a terminal that has gone.
fn no_answer(_: Error) -> JobError {
    JobError::Interrupted
}
