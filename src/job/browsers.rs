//! The browsers of a run: remote ones that are named, or one of this host. A case that they cannot run is refused
//! before anything starts.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use super::error::JobError;
use super::request::{BrowserRequest, RunRequest};
use crate::runner::{BrowserChoice, Launches, fake_devices, media_host, needs_own_browser};
use precall_browser::{FakeDevices, LaunchOptions, Search, check_page_proxies, locate};
use precall_scenario::plan::Case;
use precall_scenario::{Access, BrowserKind, BrowserSpec, PlatformSpec};

/// Returns the browsers for these cases. `cache` is the directory in which precall installs browsers.
pub(super) fn choose(request: &RunRequest, cases: &[Case], cache: &Path) -> Result<BrowserChoice, JobError> {
    let ip = request.listen.ip();
    match &request.browsers {
        BrowserRequest::Local { chrome, firefox, supervisor } => {
            if !ip.is_loopback() {
                return Err(JobError::NotLoopback(ip));
            }
            for case in cases {
                if let Some(lack) = case.spec.lacks().first() {
                    return Err(JobError::NotInFirefox { case: case.spec.name.clone(), what: lack.what });
                }
            }
            let default = BrowserSpec::default();
            let mut specs: BTreeSet<_> = cases.iter().flat_map(|case| case.spec.browsers()).collect();
            if specs.is_empty() {
                specs.insert(&default);
            }
            let mut options = BTreeMap::new();
            for spec in specs {
                let kind = spec.kind;
                let named = match kind {
                    BrowserKind::Chrome => chrome,
                    BrowserKind::Firefox => firefox,
                };
                let named = spec.path.as_deref().or(named.as_deref());
                let browser = locate(&Search { kind, named, cache, version: spec.version.as_deref() })?;
                if kind == BrowserKind::Firefox && cases.iter().any(|case| gives_a_proxy(case, spec)) {
                    check_page_proxies(&browser)?;
                }
                media_host(kind, ip)?;
                let launch = LaunchOptions { supervisor: supervisor.clone(), ..LaunchOptions::new(kind, browser) };
                options.insert(spec.clone(), launch);
            }
            let first = cases
                .first()
                .and_then(|case| Some(((*case.spec.browsers().first()?).clone(), *fake_devices(case).first()?)));
            Ok(BrowserChoice::Launch(Launches { options, first: first.unwrap_or_default() }))
        }
        BrowserRequest::Remote(addresses) => {
            cases.iter().try_for_each(|case| can_run_remotely(case, ip))?;
            Ok(BrowserChoice::Remote(addresses.clone()))
        }
    }
}

/// Returns whether a case has a page with a proxy in such a browser.
fn gives_a_proxy(case: &Case, browser: &BrowserSpec) -> bool {
    let is_intercepted =
        matches!(&case.spec.platform, PlatformSpec::Embedded(spec) if spec.access == Access::Intercept);
    is_intercepted && case.spec.browsers().contains(&browser)
}

/// Refuses a case that no remote browser can run. `ip` is the address on which precall listens.
fn can_run_remotely(case: &Case, ip: IpAddr) -> Result<(), JobError> {
    let id = || case.id.clone();
    if case.spec.browsers().into_iter().any(|spec| *spec != BrowserSpec::default()) {
        return Err(JobError::RemoteBrowserKind(id()));
    }
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
