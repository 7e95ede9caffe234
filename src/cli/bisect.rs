//! `precall bisect`.

use std::path::Path;

use crate::arguments::BisectArguments;
use crate::job::{JobError, bisect as bisect_job};
use crate::process::stop_on_signal;
use crate::record::write_json;
use crate::show::{display, print_notice, view};
use precall_report::terminal;
use precall_results::Exit;
use precall_support::output::print;

pub(super) async fn bisect(arguments: &BisectArguments) -> Result<Exit, JobError> {
    let stop = stop_on_signal();
    let is_quiet = arguments.quiet;
    let notices = |notice| print_notice(notice, is_quiet);
    let bisected = bisect_job(&arguments.request(), &|run| vec![display(run, is_quiet)], &notices, &stop).await?;
    // A search takes hours: its result is printed even if the file cannot be written.
    let written = arguments.json.as_ref().map(|file| write_json(file, &bisected)).transpose();
    // Where JSON goes to standard output, nothing else does.
    if arguments.json.as_deref() != Some(Path::new("-")) {
        print(terminal::bisection(&bisected, view(arguments.verbose)));
    }
    written?;
    Ok(bisected.exit())
}
