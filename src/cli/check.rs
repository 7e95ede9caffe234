//! `precall check`.

use super::args::CheckArguments;
use super::error::CliError;
use crate::exit::Exit;
use crate::plan::expand;
use crate::scenario::load;

pub(super) fn check(arguments: &CheckArguments) -> Result<Exit, CliError> {
    let mut exit = Exit::Passed;
    for path in &arguments.scenarios {
        match load(path) {
            Ok(scenario) => {
                let cases = expand(&scenario);
                let names: Vec<_> = cases.iter().map(|case| case.id.as_str()).collect();
                println!("{}: good, {} cases: {}", path.display(), cases.len(), names.join(", "));
            }
            Err(error) => {
                eprint!("{}", error.render(console::colors_enabled_stderr()));
                exit = Exit::Scenario;
            }
        }
    }
    Ok(exit)
}
