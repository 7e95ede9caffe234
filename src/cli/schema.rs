//! `precall schema`.

use crate::job::JobError;
use precall_results::Exit;
use precall_scenario::schema as scenario_schema;
use precall_support::output::print_json;

pub(super) fn schema() -> Result<Exit, JobError> {
    // `{:#}` is indented JSON.
    print_json(format_args!("{:#}", scenario_schema()));
    Ok(Exit::Passed)
}
