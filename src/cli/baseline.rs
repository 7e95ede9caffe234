//! `precall baseline`.

use std::path::Path;

use super::args_of_results::BaselineCommand;
use super::compare::print;
use super::error::CliError;
use super::report::write_comparison;
use super::report_args::ComparisonReport;
use super::run::print_result;
use crate::comparison::compare_runs;
use crate::exit::Exit;
use crate::record::{baselines, read_baseline, read_results, save_baseline};

pub(super) fn baseline(command: &BaselineCommand) -> Result<Exit, CliError> {
    match command {
        BaselineCommand::Save { run, name, baselines } => {
            let path = save_baseline(run, baselines, name, false)?;
            println!("baseline {name}: {}", path.display());
        }
        BaselineCommand::Accept { run, name, baselines, report } => accept(run, name, baselines, report.as_ref())?,
        BaselineCommand::Show { name: Some(name), baselines } => {
            let baseline = read_baseline(baselines, name)?;
            println!("baseline {name}, kept {} from {}", baseline.saved_at, baseline.run);
            print_result(&baseline.result, &baseline.path);
        }
        BaselineCommand::Show { name: None, baselines: directory } => {
            let names = baselines(directory);
            if names.is_empty() {
                println!(
                    "no baselines in {}; `precall baseline save RUN NAME` keeps a run as one",
                    directory.display()
                );
            }
            for name in names {
                let baseline = read_baseline(directory, &name)?;
                let (run, cases) = (&baseline.result.run, baseline.result.cases.len());
                println!("{name}: {} of {}, {cases} cases, {}", run.scenario, run.started_at, run.environment.browser);
            }
        }
    }
    Ok(Exit::Passed)
}

/// Puts a run in a baseline's place, and says what that takes for granted from now on.
fn accept(run: &Path, name: &str, directory: &Path, page: Option<&ComparisonReport>) -> Result<(), CliError> {
    let old = read_baseline(directory, name)?;
    let new = read_results(run).map_err(|error| CliError::new(Exit::Usage, error))?;
    let (label_a, label_b) = (format!("baseline {name}"), run.display().to_string());
    match compare_runs((&label_a, &old.result), (&label_b, &new), &new.run.compare, true) {
        Ok(comparison) => {
            print(&comparison);
            page.map_or(Ok(()), |page| write_comparison(page, &comparison, run, false))?;
        }
        Err(error) => eprintln!("warning: {error}"),
    }
    let path = save_baseline(run, directory, name, true)?;
    println!("baseline {name}: {}", path.display());
    Ok(())
}
