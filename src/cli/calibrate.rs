//! `precall calibrate`.

use crate::arguments::CalibrateArguments;
use crate::job::{JobError, read_calibration, write_calibration};
use crate::show::view;
use precall_report::{sweeps, terminal};
use precall_results::Exit;
use precall_support::output::{self, println};

pub(super) fn calibrate(arguments: &CalibrateArguments) -> Result<Exit, JobError> {
    let run = read_calibration(&arguments.run)?;
    // The file is written first: what is printed may have no reader.
    let file = write_calibration(&run, &arguments.run, arguments.output.as_deref());
    output::print(terminal::calibration(&sweeps(&run), view(false)));
    println(format_args!("plots: {}", file?.display()));
    Ok(Exit::Passed)
}
