//! `precall baseline`.

use std::path::Path;

use super::args_of_results::BaselineCommand;
use super::compare::print;
use super::error::CliError;
use super::report::write_comparison;
use super::report_args::ComparisonReport;
use super::run::print_result;
use crate::record::{baselines, read_baseline, read_results, save_baseline};
use precall_judge::comparison::compare_runs;
use precall_results::Exit;
use precall_support::output::{eprintln, println};
use precall_support::text::count;

pub(super) fn baseline(command: &BaselineCommand) -> Result<Exit, CliError> {
    match command {
        BaselineCommand::Save { run, name, baselines } => {
            let path = save_baseline(run, baselines, name, false)?;
            println(format_args!("baseline {name}: {}", path.display()));
        }
        BaselineCommand::Accept { run, name, baselines, report, verbose } => {
            accept(run, name, baselines, report.as_ref(), *verbose)?;
        }
        BaselineCommand::Show { name: Some(name), baselines, verbose } => {
            let baseline = read_baseline(baselines, name)?;
            println(format_args!("baseline {name}, kept {} from {}", baseline.saved_at, baseline.run));
            print_result(&baseline.result, &baseline.path, *verbose);
        }
        BaselineCommand::Show { name: None, baselines: directory, .. } => {
            let names = baselines(directory);
            if names.is_empty() {
                println(format_args!(
                    "no baselines in {}; `precall baseline save RUN NAME` keeps a run as one",
                    directory.display()
                ));
            }
            for name in names {
                let baseline = read_baseline(directory, &name)?;
                let (run, cases) = (&baseline.result.run, count(baseline.result.cases.len(), "case", "cases"));
                let browser = &run.environment.browser;
                println(format_args!("{name}: {} of {}, {cases}, {browser}", run.scenario, run.started_at));
            }
        }
    }
    Ok(Exit::Passed)
}

/// Puts a run in a baseline's place, and says what that takes for granted from now on.
fn accept(
    run: &Path,
    name: &str,
    directory: &Path,
    page: Option<&ComparisonReport>,
    is_verbose: bool,
) -> Result<(), CliError> {
    let old = read_baseline(directory, name)?;
    let new = read_results(run).map_err(|error| CliError::new(Exit::Usage, error))?;
    let (label_a, label_b) = (format!("baseline {name}"), run.display().to_string());
    let compared = compare_runs((&label_a, &old.result), (&label_b, &new), &new.run.compare, true);
    // Files first: what is printed may have no reader.
    let page = match (&compared, page) {
        (Ok(comparison), Some(page)) => write_comparison(page, comparison, run).map(Some),
        _ => Ok(None),
    };
    let saved = save_baseline(run, directory, name, true);
    match &compared {
        Ok(comparison) => print(comparison, is_verbose),
        Err(error) => eprintln(format_args!("warning: {error}")),
    }
    page?.into_iter().for_each(println);
    println(format_args!("baseline {name}: {}", saved?.display()));
    Ok(())
}
