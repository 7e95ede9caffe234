//! `precall calibrate`.

use std::fs;

use super::error::CliError;
use super::report::{cannot_write, read};
use super::report_args::CalibrateArguments;
use crate::exit::Exit;
use crate::report::{calibration_html, sweeps, terminal};

/// What its plots are called in a run's directory.
const FILE: &str = "calibration.html";

pub(super) fn calibrate(arguments: &CalibrateArguments) -> Result<Exit, CliError> {
    let run = read(&arguments.run)?.result;
    let found = sweeps(&run);
    if found.is_empty() {
        let message = format!(
            "no two cases of {} differ in the rate or the loss of their network alone; record a sweep with `precall run \
             scenarios/calibration.toml`",
            arguments.run.display()
        );
        return Err(CliError::new(Exit::Usage, message));
    }
    let stdout = console::Term::stdout();
    print!("{}", terminal::calibration(&found, stdout.is_term().then(|| stdout.size().1)));
    let directory = if arguments.run.is_dir() { Some(arguments.run.as_path()) } else { arguments.run.parent() };
    let file = arguments.output.clone().unwrap_or_else(|| directory.unwrap_or(&arguments.run).join(FILE));
    fs::write(&file, calibration_html(&run)?).map_err(|error| cannot_write(&file, &error))?;
    println!("plots: {}", file.display());
    Ok(Exit::Passed)
}
