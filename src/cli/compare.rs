//! `precall compare`.

use std::path::Path;

use super::args_of_results::{CompareArguments, CompareFlags};
use super::error::CliError;
use super::report::write_comparison;
use super::view::view;
use crate::record::{cleaned, read_results, write_json};
use precall_judge::comparison::{Comparison, compare_axis, compare_runs, compared_axis};
use precall_report::terminal;
use precall_results::CompareSpec;
use precall_results::Exit;
use precall_support::output::{self, eprintln, println};

pub(super) fn compare(arguments: &CompareArguments) -> Result<Exit, CliError> {
    let read =
        |path: &Path| read_results(path).map(|run| cleaned(&run)).map_err(|error| CliError::new(Exit::Usage, error));
    let (path_a, a) = (arguments.a.display().to_string(), read(&arguments.a)?);
    let comparison = match (&arguments.b, &arguments.axis) {
        (Some(path), None) => {
            let b = read(path)?;
            let spec = arguments.flags.over(&b.run.compare);
            compare_runs((&path_a, &a), (&path.display().to_string(), &b), &spec, arguments.flags.allow_unlike)?
        }
        (None, Some((axis, values))) => {
            let values = [values.0.as_str(), values.1.as_str()];
            compare_axis((&path_a, &a), axis, values, &arguments.flags.over(&a.run.compare))?
        }
        (None, None) => {
            let (axis, [a_value, b_value]) = compared_axis(&a.cases).map_err(|axes| no_axis(&path_a, &axes))?;
            compare_axis((&path_a, &a), &axis, [&a_value, &b_value], &arguments.flags.over(&a.run.compare))?
        }
        // clap lets no other through.
        (Some(_), Some(_)) => return Err(CliError::new(Exit::Usage, "name a second run or --axis, not both")),
    };
    // Files first: what is printed may have no reader.
    let directory = arguments.b.as_deref().unwrap_or(&arguments.a);
    let page = arguments.report.as_ref().map(|page| write_comparison(page, &comparison, directory)).transpose();
    let json = arguments.json.as_ref().map(|file| write_json(file, &comparison)).transpose();
    // Where JSON goes to standard output, nothing else does.
    if arguments.json.as_deref() == Some(Path::new("-")) {
        page?.into_iter().for_each(eprintln);
    } else {
        print(&comparison, arguments.verbose);
        page?.into_iter().for_each(println);
    }
    json?;
    Ok(comparison.change.exit())
}

/// Why one run alone cannot be compared.
fn no_axis(run: &str, axes: &[String]) -> CliError {
    let message = match axes {
        [] => format!(
            "{run} has no axis with two values: name a second run, or two of the values of an axis (`--axis sdk=2.27.6,2.35.2`)"
        ),
        [first, ..] => format!(
            "{run} has several axes with two values: {}; say which to compare: `--axis {first}`",
            axes.join(" and ")
        ),
    };
    CliError::new(Exit::Usage, message)
}

/// Prints a comparison as wide as the terminal; every figure where that is asked for.
pub(super) fn print(comparison: &Comparison, is_verbose: bool) {
    output::print(terminal::comparison(comparison, view(is_verbose)));
}

impl CompareFlags {
    /// What a scenario says, with what the command line says over it.
    pub fn over(&self, spec: &CompareSpec) -> CompareSpec {
        let mut spec = spec.clone();
        spec.minimum_effects.extend(self.minimum_effects.iter().copied());
        if let Some(level) = self.level {
            spec.level = level;
        }
        spec
    }
}
