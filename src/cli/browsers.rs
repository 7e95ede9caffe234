//! Which browsers a run has.

use std::path::Path;

use super::args::RunArguments;
use super::error::CliError;
use crate::runner::{BrowserChoice, fake_devices, needs_own_browser};
use precall_browser::{FakeDevices, LaunchOptions, locate_chrome};
use precall_results::Exit;
use precall_scenario::plan::Case;
use precall_scenario::{Access, PlatformSpec};

/// The browsers for some cases: those that were named, or one that is found.
pub(super) fn choose(arguments: &RunArguments, cases: &[Case], cache: &Path) -> Result<BrowserChoice, CliError> {
    let usage = |message: String| CliError::new(Exit::Usage, message);
    let ip = arguments.listen.ip();
    if arguments.browsers.is_empty() {
        if !ip.is_loopback() {
            let why = "only there is a page a secure context, and the platform safe from others";
            return Err(usage(format!(
                "{ip} is not a loopback address: {why}; it takes --browser to listen elsewhere"
            )));
        }
        let chrome = locate_chrome(arguments.chrome.path().as_deref(), cache)?;
        return Ok(BrowserChoice::Launch(Box::new(LaunchOptions {
            chrome: chrome.path,
            version: chrome.version,
            devices: cases.first().map(fake_devices).unwrap_or_default(),
            supervisor: None,
            extra_arguments: Vec::new(),
        })));
    }
    let own = |case: &&Case| fake_devices(case) != FakeDevices::default() || needs_own_browser(case);
    if let Some(case) = cases.iter().find(own) {
        let help = "a browser elsewhere has those that it was started with; leave the case out with --filter, or run it without \
                    --browser";
        return Err(usage(format!(
            "the case `{}` asks for a camera or a microphone of its own, or for one to be lost, and {help}",
            case.id
        )));
    }
    let is_direct =
        |case: &&Case| matches!(&case.spec.platform, PlatformSpec::Embedded(spec) if spec.access == Access::Intercept);
    if let Some(case) = cases.iter().find(is_direct) {
        let help = "a browser elsewhere does not trust the platform's certificate; leave the case out with --filter, or run it without \
                    --browser";
        return Err(usage(format!("the case `{}` has `access = \"intercept\"`, and {help}", case.id)));
    }
    let through_relay = |case: &&Case| {
        matches!(case.spec.platform, PlatformSpec::Cloud(_)) && !case.spec.network.is_unimpaired() && !ip.is_loopback()
    };
    if let Some(case) = cases.iter().find(through_relay) {
        let help = "for media to a platform elsewhere it is in a relay that only this host may use; leave the case out with --filter";
        return Err(usage(format!("the case `{}` has a network: {help}", case.id)));
    }
    Ok(BrowserChoice::Elsewhere(arguments.browsers.clone()))
}

impl RunArguments {
    /// How many cases run at once, if that was asked for; of browsers elsewhere this host's CPUs say nothing.
    pub fn slots(&self) -> Option<usize> {
        let each = (!self.browsers.is_empty()).then_some(self.browsers.len());
        self.slots.map(usize::from).or(each)
    }
}
