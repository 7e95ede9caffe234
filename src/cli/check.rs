//! `precall check`.

use std::path::Path;

use super::error::show;
use super::project;
use crate::arguments::CheckArguments;
use crate::job::{CheckedScenario, JobError, check_scenario, look_up_releases, named_releases, scenario_files};
use crate::show::{module_note, print_warnings, view};
use precall_report::terminal::{indented_paragraph, paragraph};
use precall_results::Exit;
use precall_scenario::PROJECT_FILE;
use precall_scenario::plan::outline;
use precall_support::output::{eprintln, print, println};
use precall_support::text::count;

pub(super) async fn check(arguments: &CheckArguments) -> Result<Exit, JobError> {
    let mut exit = Exit::Passed;
    let mut all = Vec::new();
    for path in scenario_files(&arguments.scenarios)? {
        if path.file_name().is_some_and(|name| name == PROJECT_FILE) {
            exit = exit.worst(check_project(&path)?);
            continue;
        }
        match check_scenario(&path, arguments.online).await {
            Ok(checked) => {
                print_valid(&checked);
                all.extend(checked.cases.into_iter().map(|case| (path.clone(), case)));
            }
            Err(error) if matches!(error, JobError::Scenario(_)) => {
                show(&error);
                exit = Exit::Scenario;
            }
            Err(error) => return Err(error),
        }
    }
    let cases: Vec<_> = all.iter().map(|(_, case)| case.clone()).collect();
    module_note(&cases).into_iter().for_each(println);
    let named = named_releases(&all);
    if arguments.online {
        let (found, missing) = look_up_releases(&named).await?;
        for (place, error) in missing {
            eprintln(format_args!("error: {place}: {error}"));
            exit = exit.worst(Exit::Scenario);
        }
        if !found.is_empty() {
            print(paragraph(&format!("releases: npm has {}", found.join(", ")), view(false)));
        }
    } else if !named.is_empty() {
        let names: Vec<_> = named.keys().map(|(package, version)| format!("{package} {version}")).collect();
        let line = format!("releases: not looked up ({}); --online asks npm whether they exist", names.join(", "));
        print(paragraph(&line, view(false)));
    }
    Ok(exit)
}

/// Checks a `precall.toml`.
fn check_project(path: &Path) -> Result<Exit, JobError> {
    match project::load(path) {
        Ok(project) => {
            let profiles = project.profiles();
            let named = format!("{}: {}", count(profiles.len(), "profile", "profiles"), profiles.join(", "));
            let profiles = if profiles.is_empty() { "no profiles".to_owned() } else { named };
            println(format_args!("{}: valid, {profiles}", path.display()));
            Ok(Exit::Passed)
        }
        Err(error @ JobError::Scenario(_)) => {
            show(&error);
            Ok(Exit::Scenario)
        }
        Err(error) => Err(error),
    }
}

/// Prints that a scenario is valid, its cases, and the conclusions that it cannot support.
fn print_valid(CheckedScenario { scenario, cases, warnings }: &CheckedScenario) {
    let mut summary = format!("{}: valid, {}", scenario.path.display(), count(cases.len(), "case", "cases"));
    if !warnings.is_empty() {
        summary.push_str(&format!(", {}", count(warnings.len(), "warning", "warnings")));
    }
    println(summary);
    outline(cases).iter().for_each(|line| print(indented_paragraph(line, view(false))));
    print_warnings(warnings);
}
