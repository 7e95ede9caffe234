//! `precall report`.

use std::path::Path;

use super::error::{exit, show};
use crate::arguments::ReportArguments;
use crate::job::{JobError, WrittenReport, deliver, dump, own_file, write_dump, write_report};
use precall_report::Format;
use precall_results::Exit;
use precall_support::output::{self, eprintln, println};

pub(super) async fn report(arguments: &ReportArguments) -> Result<Exit, JobError> {
    if let Some(case) = &arguments.dump {
        return print_dump(&arguments.run, case, arguments.output.as_deref());
    }
    let destinations = arguments.deliveries.destinations();
    let is_only_sent = !destinations.is_empty() && arguments.format.is_none() && arguments.output.is_none();
    let mut written = Vec::new();
    if !is_only_sent {
        let format = arguments.format.unwrap_or(Format::Html);
        let in_run = (format == Format::Html && arguments.run.is_dir()).then(|| own_file(&arguments.run, Format::Html));
        let file = arguments.output.clone().or(in_run.flatten()).filter(|file| file != Path::new("-"));
        written = write_report(&arguments.run, format, file.as_deref())?;
    }
    let mut errors = Vec::new();
    written.extend(deliver(&arguments.run, &destinations, &mut errors).await);
    for report in written {
        match report {
            WrittenReport::Text(text) => output::print_data(text),
            WrittenReport::File { path, .. } => println(path.display()),
            WrittenReport::Sent { format, destination } => {
                eprintln(format_args!("{}: sent to {destination}", format.as_str()));
            }
            // Only a run is stored, not its report.
            WrittenReport::Stored { .. } => {}
            WrittenReport::Incomplete(reason) => eprintln(format_args!("warning: {reason}")),
        }
    }
    errors.iter().for_each(show);
    Ok(errors.iter().fold(Exit::Passed, |code, error| code.worst(exit(error))))
}

/// Writes the dump of a case, and prints its file; `-` prints the dump.
fn print_dump(run: &Path, case: &str, file: Option<&Path>) -> Result<Exit, JobError> {
    if file == Some(Path::new("-")) {
        output::print_data(dump(run, case)?.1);
    } else {
        println(write_dump(run, case, file)?.display());
    }
    Ok(Exit::Passed)
}
