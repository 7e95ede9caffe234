//! `precall schema`.

use crate::arguments::SchemaName;
use crate::job::JobError;
use precall_results::Exit;
use precall_scenario::{project_schema, schema as scenario_schema};
use precall_support::output::print_json;

pub(super) fn schema(of: SchemaName) -> Result<Exit, JobError> {
    let schema = match of {
        SchemaName::Scenario => scenario_schema(),
        SchemaName::Project => project_schema(),
    };
    // `{:#}` is indented JSON.
    print_json(format_args!("{schema:#}"));
    Ok(Exit::Passed)
}
