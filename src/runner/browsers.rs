//! The browsers of a run.

use std::path::PathBuf;
use std::sync::Arc;

use super::launched_browsers::{Launched, Launches};
use super::leased_page::Leased;
use super::remote_browsers::{RemoteBrowserError, RemoteBrowsers};
use precall_browser::{Browser, BrowserError, ContextOptions, FakeDevices, Restriction};
use precall_scenario::{BrowserKind, BrowserSpec};

/// The browsers of a run.
#[derive(Debug, Clone)]
pub enum BrowserChoice {
    /// Browsers that are launched on this host.
    Launch(Launches),
    /// Browsers at these addresses, `ws://…` or `http://host:9222`. They stay when the run is over.
    Remote(Vec<String>),
}

/// The browsers of a run.
pub(super) enum Browsers {
    Launched(Box<Launched>),
    Remote(RemoteBrowsers),
}

impl BrowserChoice {
    /// Lets launched browsers trust the certificate whose public key has this digest. Remote browsers keep their own
    /// trust.
    pub fn trust(&mut self, key_digest: &str) {
        if let Self::Launch(launches) = self {
            launches.options.values_mut().for_each(|launch| launch.trusted_key = Some(key_digest.to_owned()));
        }
    }
}

impl Browsers {
    /// Launches the first or connects to all, so that what cannot be used is known before any case begins. Pages will
    /// come from `origin`.
    pub async fn open(choice: BrowserChoice, origin: &str) -> Result<Self, RemoteBrowserError> {
        Ok(match choice {
            BrowserChoice::Launch(launch) => Self::Launched(Box::new(Launched::open(launch).await?)),
            BrowserChoice::Remote(addresses) => Self::Remote(RemoteBrowsers::open(&addresses, origin).await?),
        })
    }

    /// Returns the versions of the browsers, joined by commas.
    pub fn version(&self) -> &str {
        match self {
            Self::Launched(launched) => launched.versions(),
            Self::Remote(remote) => remote.version(),
        }
    }

    /// Returns the version of a browser that a case asks for; of remote ones, those of all. `None` for one that was not
    /// asked for before the run.
    pub fn version_of(&self, spec: &BrowserSpec) -> Option<&str> {
        match self {
            Self::Launched(launched) => launched.version_of(spec),
            Self::Remote(remote) => Some(remote.version()),
        }
    }

    /// precall's own program, where it is not this one.
    pub fn supervisor(&self) -> Option<PathBuf> {
        match self {
            Self::Launched(launched) => launched.supervisor(),
            Self::Remote(_) => None,
        }
    }

    /// The policies that restrict what pages do in those of these browsers that are Chrome. Empty for remote browsers,
    /// whose policies are unknown.
    pub fn policies<'a>(&self, browsers: impl IntoIterator<Item = &'a BrowserSpec>) -> &[Restriction] {
        match self {
            Self::Launched(launched) if browsers.into_iter().any(|spec| spec.kind == BrowserKind::Chrome) => {
                launched.policies()
            }
            Self::Launched(_) | Self::Remote(_) => &[],
        }
    }

    /// Has a browser ready for each of these before any of them is asked for: one that starts takes the CPUs from the
    /// cases that measure meanwhile. The case that needs a browser that cannot be launched reports it.
    pub async fn prepare(&self, wanted: Vec<(BrowserSpec, FakeDevices)>) {
        if let Self::Launched(launched) = self {
            launched.prepare(wanted).await;
        }
    }

    /// The harness page in a context of its own; of the run's own browsers, in one with these devices; `is_alone`: that
    /// no other page is ever in.
    pub async fn new_page(
        &self,
        spec: &BrowserSpec,
        devices: FakeDevices,
        is_alone: bool,
        options: ContextOptions,
    ) -> Result<Leased, BrowserError> {
        match self {
            Self::Launched(launched) => launched.new_page(spec, devices, is_alone, options).await,
            Self::Remote(remote) => remote.new_page(options).await,
        }
    }

    /// Tells how many pages of each kind the run needs in all, so that a page is made beforehand only if a case will
    /// use it.
    pub async fn expect(&self, pages: impl IntoIterator<Item = (BrowserSpec, FakeDevices)>) {
        if let Self::Launched(launched) = self {
            launched.expect(pages).await;
        }
    }

    /// Something went wrong in a browser: it takes no further page, if it is the run's own.
    pub async fn retire(&self, browser: &Arc<dyn Browser>) {
        if let Self::Launched(launched) = self {
            launched.retire(browser).await;
        }
    }

    /// Ends the run's own and waits until nothing of them is left. No page is in use any more.
    pub async fn close(&self) {
        if let Self::Launched(launched) = self {
            launched.close().await;
        }
    }
}
