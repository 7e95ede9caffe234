//! The browsers of a run: remote ones that are named, or one of this host. A case that they cannot run is refused
//! before anything starts.

use std::net::IpAddr;
use std::path::Path;

use super::error::JobError;
use super::request::{BrowserRequest, RunRequest};
use crate::runner::{BrowserChoice, fake_devices, needs_own_browser};
use precall_browser::{FakeDevices, LaunchOptions, locate_chrome};
use precall_scenario::plan::Case;
use precall_scenario::{Access, PlatformSpec};

/// Returns the browsers for these cases. `cache` is the directory in which precall installs browsers.
pub(super) fn choose(request: &RunRequest, cases: &[Case], cache: &Path) -> Result<BrowserChoice, JobError> {
    let ip = request.listen.ip();
    match &request.browsers {
        BrowserRequest::Local { chrome, supervisor } => {
            if !ip.is_loopback() {
                return Err(JobError::NotLoopback(ip));
            }
            let chrome = locate_chrome(chrome.as_deref(), cache)?;
            Ok(BrowserChoice::Launch(Box::new(LaunchOptions {
                chrome: chrome.path,
                version: chrome.version,
                devices: cases.first().and_then(|case| fake_devices(case).first().copied()).unwrap_or_default(),
                supervisor: supervisor.clone(),
                extra_arguments: Vec::new(),
            })))
        }
        BrowserRequest::Remote(addresses) => {
            cases.iter().try_for_each(|case| can_run_remotely(case, ip))?;
            Ok(BrowserChoice::Remote(addresses.clone()))
        }
    }
}

/// Refuses a case that no remote browser can run. `ip` is the address on which precall listens.
fn can_run_remotely(case: &Case, ip: IpAddr) -> Result<(), JobError> {
    let id = || case.id.clone();
    if fake_devices(case).iter().any(|devices| *devices != FakeDevices::default()) || needs_own_browser(case) {
        return Err(JobError::RemoteDevices(id()));
    }
    match &case.spec.platform {
        PlatformSpec::Embedded(spec) if spec.access == Access::Intercept => Err(JobError::RemoteCertificate(id())),
        PlatformSpec::Cloud(_) if !case.spec.network.is_unimpaired() && !ip.is_loopback() => {
            Err(JobError::RemoteRelay(id()))
        }
        _ => Ok(()),
    }
}
