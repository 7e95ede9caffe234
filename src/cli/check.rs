//! `precall check`.

use super::args::CheckArguments;
use super::error::CliError;
use super::planning::files;
use crate::exit::Exit;
use crate::output::{eprint, println};
use crate::plan::{Releases, expand};
use crate::scenario::load;

/// The most cases that are named.
const MAX_NAMES: usize = 40;

pub(super) fn check(arguments: &CheckArguments) -> Result<Exit, CliError> {
    let mut exit = Exit::Passed;
    for path in files(&arguments.scenarios)? {
        match load(&path) {
            Ok(scenario) => {
                // Nobody asks npm here: a range counts as one release.
                let cases = expand(&[scenario], &Releases::default());
                let cases = cases.map_err(|error| CliError::new(Exit::Scenario, error))?;
                let names: Vec<_> = cases.iter().take(MAX_NAMES).map(|case| case.id.as_str()).collect();
                let more = if cases.len() > MAX_NAMES { ", … (`precall list` has them all)" } else { "" };
                println(format_args!("{}: good, {} cases: {}{more}", path.display(), cases.len(), names.join(", ")));
            }
            Err(error) => {
                eprint(error.render(console::colors_enabled_stderr()));
                exit = Exit::Scenario;
            }
        }
    }
    Ok(exit)
}
