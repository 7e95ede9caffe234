//! `precall schema`.

use super::error::CliError;
use crate::exit::Exit;
use crate::output::print_json;
use crate::scenario::schema as scenario_schema;

pub(super) fn schema() -> Result<Exit, CliError> {
    // `{:#}` is indented JSON.
    print_json(format_args!("{:#}", scenario_schema()));
    Ok(Exit::Passed)
}
