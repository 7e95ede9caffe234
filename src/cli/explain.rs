//! `precall explain`.

use crate::arguments::ExplainArguments;
use crate::job::{JobError, explain};
use crate::show::view;
use precall_report::terminal::explanation;
use precall_results::Exit;
use precall_support::output::{eprintln, print};

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, JobError> {
    let (explained, note) = explain(&arguments.run, &arguments.case.join(" "), &arguments.scenarios)?;
    let texts: Vec<_> = explained.iter().map(|case| explanation(case, view(false))).collect();
    print(texts.join("\n\n"));
    note.into_iter().for_each(eprintln);
    Ok(Exit::Passed)
}
