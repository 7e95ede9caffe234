//! `precall browser install`.

use crate::job::JobError;
use crate::sdk::cache_directory;
use precall_browser::{InstallTarget, Search, install as carry_out, locate, plan_install};
use precall_results::Exit;
use precall_support::output::println;

/// Finds a browser, or installs one. The release of a channel is always asked for: it may have changed.
pub(super) async fn install(target: &InstallTarget) -> Result<Exit, JobError> {
    let cache = cache_directory();
    let version = target.release.as_ref().map(|release| release.version());
    if version != Some(None) {
        let search = Search { kind: target.kind, named: None, cache: &cache, version: version.flatten() };
        if let Ok(browser) = locate(&search) {
            println(format_args!("there is a browser already: {} at {}", browser.version, browser.path.display()));
            return Ok(Exit::Passed);
        }
    }
    let plan = plan_install(target, &cache)?;
    for command in &plan.commands {
        println(format_args!("will run: {}", command.join(" ")));
    }
    let browser = carry_out(target, &plan, &cache, |line| println(format_args!("  {line}"))).await?;
    println(format_args!("installed {} at {}", browser.version, browser.path.display()));
    if let (Some(_), Some(number)) = (&target.release, browser.number()) {
        let kind = target.kind.word();
        println(format_args!("scenarios run in it with `browser = {{ kind = \"{kind}\", version = \"{number}\" }}`"));
    }
    Ok(Exit::Passed)
}
