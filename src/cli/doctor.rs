//! `precall doctor`.

use crate::arguments::DoctorArguments;
use crate::doctor::{Check, Status, examine, measure_fidelity};
use crate::job::JobError;
use crate::sdk::cache_directory;
use precall_browser::locate_chrome;
use precall_results::Exit;
use precall_support::output::{eprintln, println};

pub(super) async fn doctor(arguments: &DoctorArguments) -> Result<Exit, JobError> {
    let (chrome, firefox) = (arguments.local_browsers.chrome_path(), arguments.local_browsers.firefox_path());
    let checks = examine(chrome.as_deref(), firefox.as_deref()).await;
    checks.iter().for_each(print);
    if checks.iter().any(|check| check.status == Status::Missing) {
        return Ok(Exit::Infrastructure);
    }
    if arguments.fidelity {
        let chrome = locate_chrome(chrome.as_deref(), &cache_directory())?;
        let measured = measure_fidelity(chrome, |run| eprintln(format_args!("measuring {run}"))).await?;
        measured.iter().for_each(print);
    }
    Ok(Exit::Passed)
}

fn print(check: &Check) {
    let word = match check.status {
        Status::Good => "ok",
        Status::Warning => "warning",
        Status::Missing => "missing",
    };
    println(format_args!("{word:>8}  {}: {}", check.name, check.detail));
    if let Some(fix) = &check.fix {
        println(format_args!("          fix: {fix}"));
    }
}
