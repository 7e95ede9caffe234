//! `precall browser install`.

use crate::job::JobError;
use crate::sdk::cache_directory;
use precall_browser::{install as carry_out, locate_chrome, plan_install};
use precall_results::Exit;
use precall_support::output::println;

pub(super) async fn install() -> Result<Exit, JobError> {
    let cache = cache_directory();
    if let Ok(chrome) = locate_chrome(None, &cache) {
        println(format_args!("there is a browser already: {} at {}", chrome.version, chrome.path.display()));
        return Ok(Exit::Passed);
    }
    let plan = plan_install(&cache)?;
    for command in &plan.commands {
        println(format_args!("will run: {}", command.join(" ")));
    }
    let chrome = carry_out(&plan, &cache, |line| println(format_args!("  {line}"))).await?;
    println(format_args!("installed {} at {}", chrome.version, chrome.path.display()));
    Ok(Exit::Passed)
}
