//! `precall calibrate`.

use super::error::CliError;
use super::report::write_file;
use super::report_args::CalibrateArguments;
use super::view::view;
use crate::record::read_recording;
use precall_report::{calibration_html, sweeps, terminal};
use precall_results::Exit;
use precall_support::output::{self, println};

/// What its plots are called in a run's directory.
const FILE: &str = "calibration.html";

pub(super) fn calibrate(arguments: &CalibrateArguments) -> Result<Exit, CliError> {
    let run = read_recording(&arguments.run)?.result;
    let found = sweeps(&run);
    if found.is_empty() {
        let message = format!(
            "no two cases of {} differ in the rate or the loss of their network alone; record a sweep with `precall run \
             scenarios/calibration.toml`",
            arguments.run.display()
        );
        return Err(CliError::new(Exit::Usage, message));
    }
    let directory = if arguments.run.is_dir() { Some(arguments.run.as_path()) } else { arguments.run.parent() };
    let file = arguments.output.clone().unwrap_or_else(|| directory.unwrap_or(&arguments.run).join(FILE));
    // The file first: what is printed may have no reader.
    let written = write_file(&file, &calibration_html(&run)?);
    output::print(terminal::calibration(&found, view(false)));
    written?;
    println(format_args!("plots: {}", file.display()));
    Ok(Exit::Passed)
}
