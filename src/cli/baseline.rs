//! `precall baseline`.

use super::compare::print;
use super::run::print_result;
use crate::arguments::BaselineCommand;
use crate::job::{JobError, replace_baseline, write_comparison};
use crate::record::{baselines, read_baseline, save_baseline};
use precall_results::Exit;
use precall_support::output::{eprintln, println};
use precall_support::text::count;

pub(super) fn baseline(command: &BaselineCommand) -> Result<Exit, JobError> {
    match command {
        BaselineCommand::Save { run, name, baselines } => {
            let path = save_baseline(run, baselines, name, false)?;
            println(format_args!("baseline {name}: {}", path.display()));
        }
        BaselineCommand::Accept { run, name, baselines, report, verbose } => {
            let replacement = replace_baseline(run, baselines, name)?;
            // Files are written first: what is printed may have no reader.
            let page = match (&replacement.comparison, report) {
                (Ok(comparison), Some(page)) => write_comparison(page.file.as_deref(), comparison, run).map(Some),
                _ => Ok(None),
            };
            let (comparison, saved) = replacement.save();
            match &comparison {
                Ok(comparison) => print(comparison, *verbose),
                Err(error) => eprintln(format_args!("warning: {error}")),
            }
            page?.into_iter().for_each(|file| println(format_args!("html: {}", file.display())));
            println(format_args!("baseline {name}: {}", saved?.display()));
        }
        BaselineCommand::Show { name: Some(name), baselines, verbose } => {
            let baseline = read_baseline(baselines, name)?;
            println(format_args!("baseline {name}, kept {} from {}", baseline.saved_at, baseline.run));
            print_result(&baseline.result, &baseline.path, *verbose);
        }
        BaselineCommand::Show { name: None, baselines: directory, .. } => {
            let names = baselines(directory);
            if names.is_empty() {
                let save = "`precall baseline save RUN NAME` keeps a run as one";
                println(format_args!("no baselines in {}; {save}", directory.display()));
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
