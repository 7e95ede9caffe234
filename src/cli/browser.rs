//! `precall browser install`.

use crate::job::JobError;
use crate::sdk::cache_directory;
use precall_browser::{BrowserKind, install as carry_out, locate, plan_install};
use precall_results::Exit;
use precall_support::output::println;

/// Finds a browser of a kind, or installs one.
pub(super) async fn install(kind: BrowserKind) -> Result<Exit, JobError> {
    let cache = cache_directory();
    if let Ok(browser) = locate(kind, None, &cache, &|_| Ok(())) {
        println(format_args!("there is a browser already: {} at {}", browser.version, browser.path.display()));
        return Ok(Exit::Passed);
    }
    let plan = plan_install(kind, &cache)?;
    for command in &plan.commands {
        println(format_args!("will run: {}", command.join(" ")));
    }
    let browser = carry_out(kind, &plan, &cache, |line| println(format_args!("  {line}"))).await?;
    println(format_args!("installed {} at {}", browser.version, browser.path.display()));
    Ok(Exit::Passed)
}
