//! `precall compare`.

use std::path::Path;

use crate::arguments::CompareArguments;
use crate::job::{JobError, compare as compare_runs, write_comparison};
use crate::record::write_json;
use crate::show::view;
use precall_judge::comparison::Comparison;
use precall_report::terminal;
use precall_results::Exit;
use precall_support::output::{self, eprintln, println};

pub(super) fn compare(arguments: &CompareArguments) -> Result<Exit, JobError> {
    let comparison = compare_runs(&arguments.sides(), &arguments.flags.request())?;
    // Files are written first: what is printed may have no reader.
    let directory = arguments.b.as_deref().unwrap_or(&arguments.a);
    let page = arguments.report.as_ref().map(|page| write_comparison(page.file.as_deref(), &comparison, directory));
    let page = page.transpose().map(|file| file.map(|file| format!("html: {}", file.display())));
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

/// Prints a comparison as wide as the terminal. With `is_verbose`, every figure.
pub(super) fn print(comparison: &Comparison, is_verbose: bool) {
    output::print(terminal::comparison(comparison, view(is_verbose)));
}
