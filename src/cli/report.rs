//! `precall report`.

use std::path::Path;

use super::error::{exit, show};
use crate::arguments::ReportArguments;
use crate::job::{JobError, WrittenReport, deliver, own_file, write_report};
use precall_report::Format;
use precall_results::Exit;
use precall_support::output::{self, eprintln, println};

pub(super) async fn report(arguments: &ReportArguments) -> Result<Exit, JobError> {
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
            WrittenReport::Incomplete(reason) => eprintln(format_args!("warning: {reason}")),
        }
    }
    errors.iter().for_each(show);
    Ok(errors.iter().fold(Exit::Passed, |code, error| code.worst(exit(error))))
}
