//! `precall report`.

use std::path::Path;

use crate::arguments::ReportArguments;
use crate::job::{JobError, WrittenReport, own_file, write_report};
use precall_report::Format;
use precall_results::Exit;
use precall_support::output::{self, eprintln, println};

pub(super) fn report(arguments: &ReportArguments) -> Result<Exit, JobError> {
    let in_run =
        (arguments.format == Format::Html && arguments.run.is_dir()).then(|| own_file(&arguments.run, Format::Html));
    let file = arguments.output.clone().or(in_run.flatten()).filter(|file| file != Path::new("-"));
    for written in write_report(&arguments.run, arguments.format, file.as_deref())? {
        match written {
            WrittenReport::Text(text) => output::print_data(text),
            WrittenReport::File { path, .. } => println(path.display()),
            WrittenReport::Incomplete(reason) => eprintln(format_args!("warning: {reason}")),
        }
    }
    Ok(Exit::Passed)
}
