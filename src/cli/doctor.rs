//! `precall doctor`.

use super::args::DoctorArguments;
use super::error::CliError;
use crate::doctor::{Status, examine};
use crate::exit::Exit;
use crate::output::println;

pub(super) async fn doctor(arguments: &DoctorArguments) -> Result<Exit, CliError> {
    let mut exit = Exit::Passed;
    for check in examine(arguments.chrome.path().as_deref()).await {
        let word = match check.status {
            Status::Good => "ok",
            Status::Warning => "warning",
            Status::Missing => {
                exit = Exit::Infrastructure;
                "missing"
            }
        };
        println(format_args!("{word:>8}  {}: {}", check.name, check.detail));
        if let Some(fix) = check.fix {
            println(format_args!("          fix: {fix}"));
        }
    }
    Ok(exit)
}
