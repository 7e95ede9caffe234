//! The checks, one function each.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::Path;

use nix::sys::resource::{Resource, getrlimit};

use crate::runner::media_host;
use crate::sdk::{latest, npm_fix};
use precall_browser::{
    BrowserKind, LaunchOptions, OLDEST_FIREFOX, Restriction, Search, check_page_proxies, launch, locate, locate_chrome,
    page_restrictions,
};
use precall_support::directories::{TEMPORARY_FIX, cache_directory, check_cache, private_directory};
use precall_support::npm::{Npm, NpmError};

/// The oldest Chrome that has network conditions by rule, which page traffic is slowed with.
const OLDEST_MAJOR: u32 = 144;

/// The package whose newest release is asked for.
const OPENTOK: &str = "@opentok/client";

/// Fewer open files than this are hardly enough.
const FEW_FILES: u64 = 1024;

const CACHE_FIX: &str = "set PRECALL_CACHE_DIR to a directory that may be written";

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The thing is there, and good enough.
    Good,
    /// precall runs, but something will be lacking.
    Warning,
    /// Without the thing precall cannot run.
    Missing,
}

/// A check of one thing that precall needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The name of the thing that was checked.
    pub name: &'static str,
    /// The result of the check.
    pub status: Status,
    /// The findings in words.
    pub detail: String,
    /// The command or change that mends it. Absent when nothing has to be mended.
    pub fix: Option<String>,
}

impl Check {
    pub(super) fn good(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, status: Status::Good, detail: detail.into(), fix: None }
    }

    pub(super) fn bad(name: &'static str, status: Status, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, status, detail: detail.into(), fix: Some(fix.into()) }
    }
}

/// Checks everything; takes a few seconds, most of them for starting the browser.
pub async fn examine(chrome: Option<&Path>, named_firefox: Option<&Path>) -> Vec<Check> {
    let (browser, firefox, npm) = tokio::join!(browser(chrome), firefox(named_firefox), npm());
    let mut checks = vec![browser, npm, cache(), temporary(), loopback(), cpus()];
    checks.extend(firefox);
    checks.extend(policies(chrome));
    checks.extend(open_files());
    checks.extend(pressure());
    checks
}

async fn browser(named: Option<&Path>) -> Check {
    const NAME: &str = "browser";
    let chrome = match locate_chrome(named, &cache_directory()) {
        Ok(chrome) => chrome,
        Err(error) => return Check::bad(NAME, Status::Missing, error.to_string(), "precall browser install"),
    };
    let place = format!("{} at {}", chrome.version, chrome.path.display());
    if chrome.major().is_some_and(|major| major < OLDEST_MAJOR) {
        let detail = format!("{place} is old");
        return Check::bad(NAME, Status::Warning, detail, format!("install Chrome {OLDEST_MAJOR} or newer"));
    }
    started(NAME, &place, Status::Missing, LaunchOptions::new(BrowserKind::Chrome, chrome)).await
}

/// Checks Firefox, which only some scenarios need; without one there is nothing to check.
async fn firefox(named: Option<&Path>) -> Option<Check> {
    const NAME: &str = "firefox";
    let firefox =
        locate(&Search { kind: BrowserKind::Firefox, named, cache: &cache_directory(), version: None }).ok()?;
    let place = format!("{} at {}", firefox.version, firefox.path.display());
    let is_old = check_page_proxies(&firefox).is_err();
    if let Err(error) = media_host(BrowserKind::Firefox, Ipv4Addr::LOCALHOST.into()) {
        let fix = "run precall in a network namespace with a pair of virtual interfaces, or use Chrome alone";
        return Some(Check::bad(NAME, Status::Warning, format!("{place}: {error}"), fix));
    }
    let check = started(NAME, &place, Status::Warning, LaunchOptions::new(BrowserKind::Firefox, firefox)).await;
    if check.status == Status::Good && is_old {
        let lack = "cannot give a page a proxy, as applications, the access `intercept` and some firewalls need";
        let fix = format!("install Firefox {OLDEST_FIREFOX} or newer");
        return Some(Check::bad(NAME, Status::Warning, format!("{place}, starts, but {lack}"), fix));
    }
    Some(check)
}

/// Starts a browser, and ends it again.
async fn started(name: &'static str, place: &str, unless: Status, options: LaunchOptions) -> Check {
    match launch(options).await {
        Ok(browser) => {
            browser.close().await;
            Check::good(name, format!("{place}, starts"))
        }
        Err(error) => {
            let (reason, fix) = error.parts();
            Check::bad(name, unless, format!("{place}: {reason}"), fix.unwrap_or(BROWSER_FIX))
        }
    }
}

const BROWSER_FIX: &str = "run it by hand with --headless=new to see what it lacks";

/// Checks for policies by which an organisation restricts pages. The SDK is not to blame for cases that fail under
/// them.
fn policies(chrome: Option<&Path>) -> Option<Check> {
    let version = locate_chrome(chrome, &cache_directory()).ok()?.version;
    let found = page_restrictions(&version);
    let listed = found.iter().map(Restriction::to_string).collect::<Vec<_>>().join("; ");
    let fix =
        "choose another browser with --chrome, or ask who manages this one; cases that fail in it are `infrastructure`";
    (!found.is_empty()).then(|| Check::bad("browser policies", Status::Warning, listed, fix))
}

async fn npm() -> Check {
    const NAME: &str = "npm";
    let npm = Npm::default().without_retries();
    let version = match npm.version().await {
        Ok(version) => version,
        Err(error) => {
            // Without npm builds on disk still run. An npm that fails is meant to be used, and ends every run that
            // needs it.
            let is_absent = matches!(error, NpmError::Missing { .. });
            let status = if is_absent { Status::Warning } else { Status::Missing };
            let fix = npm_fix(&error);
            return Check::bad(NAME, status, format!("npm cannot be run ({error})"), fix);
        }
    };
    match latest(&npm, OPENTOK).await {
        Ok((release, registry)) => {
            Check::good(NAME, format!("{version}, fetches OpenTok.js {release} from {registry}"))
        }
        Err(error) => {
            let fix = "make `npm view @opentok/client` work in this directory; until then only what is in the cache or on disk runs";
            Check::bad(NAME, Status::Warning, format!("{version}, but {error}"), fix)
        }
    }
}

fn cache() -> Check {
    let directory = cache_directory();
    if let Err(reason) = check_cache(&directory) {
        return Check::bad("cache", Status::Missing, reason, CACHE_FIX);
    }
    let written = std::fs::create_dir_all(&directory).and_then(|()| tempfile::tempfile_in(&directory));
    match written {
        Ok(_) => Check::good("cache", format!("{}", directory.display())),
        Err(error) => {
            let detail = format!("{} cannot be written: {error}", directory.display());
            Check::bad("cache", Status::Missing, detail, CACHE_FIX)
        }
    }
}

fn temporary() -> Check {
    const NAME: &str = "temporary directory";
    match private_directory("precall-doctor-") {
        Ok(_) => Check::good(NAME, format!("{}", std::env::temp_dir().display())),
        Err(error) => Check::bad(NAME, Status::Missing, error.to_string(), TEMPORARY_FIX),
    }
}

fn loopback() -> Check {
    let any = (Ipv4Addr::LOCALHOST, 0);
    match TcpListener::bind(any).and_then(|_| UdpSocket::bind(any)) {
        Ok(_) => Check::good("loopback", "TCP and UDP sockets open on 127.0.0.1"),
        Err(error) => {
            let fix = "bring the interface up (ip link set lo up), and allow sockets on it";
            Check::bad("loopback", Status::Missing, format!("no socket on 127.0.0.1: {error}"), fix)
        }
    }
}

fn cpus() -> Check {
    match std::thread::available_parallelism().map_or(1, usize::from) {
        1 => {
            let fix = "give the machine two; until then run one case at a time (--slots 1)";
            Check::bad("CPUs", Status::Warning, "1: hardly enough for one video case", fix)
        }
        count => Check::good("CPUs", count.to_string()),
    }
}

/// Chrome's processes and a run's sockets share a limit of open files each; `None` when there is nothing to say.
fn open_files() -> Option<Check> {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    (soft < FEW_FILES).then(|| {
        let fix = "raise the limit (`ulimit -n 4096`)";
        Check::bad("open files", Status::Warning, format!("{soft} at once: too few for Chrome and several cases"), fix)
    })
}

/// Linux says how starved a host is; other systems do not.
fn pressure() -> Option<Check> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let text = std::fs::read_to_string("/proc/pressure/cpu");
    Some(match text.ok().and_then(|text| Some(text.lines().next()?.to_owned())) {
        Some(line) => Check::good("CPU pressure", line),
        None => {
            let fix = "boot Linux with psi=1; precall runs without, but sees a starved host less well";
            Check::bad("CPU pressure", Status::Warning, "/proc/pressure/cpu cannot be read", fix)
        }
    })
}
