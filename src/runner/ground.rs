//! The platform that a case runs on: its own, or one elsewhere.

mod embedded;
mod remote;

use embedded::Embedded;
use remote::Remote;

use super::case_error::CaseError;
use super::test_bed::TestBed;
use crate::cloud::SessionCredentials;
use crate::page::RelayOnly;
use precall_browser::BrowserProxy;
use precall_netem::PathCounters;
use precall_platform::credentials::SessionId;
use precall_platform::{PartEnded, PlatformEvent};
use precall_results::{FirewallResult, Signalling};
use precall_scenario::PlatformSpec;
use precall_scenario::plan::Case;

/// The platform that a case runs on.
pub(super) enum Ground {
    /// The case's own, with the network of the scenario on the way there.
    Embedded(Box<Embedded>),
    /// One elsewhere. An impaired network of the scenario is in a relay on this host, through which media goes there.
    Remote(Box<Remote>),
}

impl Ground {
    /// Prepares the platform: a session on it, and what lets a client in.
    pub async fn open(case: &Case, bed: &TestBed) -> Result<Self, CaseError> {
        Ok(match &case.spec.platform {
            PlatformSpec::Embedded(spec) => Self::Embedded(Box::new(Embedded::open(case, spec, bed).await?)),
            PlatformSpec::Cloud(spec) => Self::Remote(Box::new(Remote::open(case, spec, bed).await?)),
        })
    }

    /// What lets a client in.
    pub fn admission(&self) -> &SessionCredentials {
        match self {
            Self::Embedded(embedded) => embedded.admission(),
            Self::Remote(remote) => remote.admission(),
        }
    }

    /// The IP proxy that the SDK is to go through.
    pub fn proxy_url(&self) -> Option<&str> {
        match self {
            Self::Embedded(embedded) => embedded.proxy_url(),
            Self::Remote(remote) => remote.proxy_url(),
        }
    }

    /// The origins that signalling goes to; `None` where they are not known beforehand.
    pub fn signalling_origins(&self) -> Option<Vec<String>> {
        match self {
            Self::Embedded(embedded) => Some(embedded.signalling_origins()),
            Self::Remote(_) => None,
        }
    }

    /// The HTTP proxy that the browser is to go through.
    pub fn browser_proxy(&self) -> Option<BrowserProxy> {
        match self {
            Self::Embedded(embedded) => embedded.browser_proxy(),
            Self::Remote(_) => None,
        }
    }

    /// Whether media may go through a relay only, and which.
    pub fn relay(&self) -> RelayOnly {
        match self {
            Self::Embedded(embedded) => embedded.relay(),
            Self::Remote(remote) => remote.relay(),
        }
    }

    /// The URLs of signalling that goes through no link, as the patterns of Chrome's network conditions name them.
    pub fn unlinked_signalling(&self) -> Option<String> {
        match self {
            Self::Embedded(embedded) => embedded.unlinked_signalling(),
            Self::Remote(remote) => Some(remote.signalling_pattern()),
        }
    }

    /// The session, where it is not of the case's own platform.
    pub fn remote_session(&self) -> Option<&SessionId> {
        match self {
            Self::Embedded(_) => None,
            Self::Remote(remote) => Some(&remote.admission().session_id),
        }
    }

    /// The tests begin: times in the scenario count from here.
    pub fn begin(&self) {
        match self {
            Self::Embedded(embedded) => embedded.begin(),
            Self::Remote(remote) => remote.begin(),
        }
    }

    /// The next thing that happens on the platform; never, where it does not say.
    ///
    /// # Errors
    ///
    /// When a part of it that is on this host has ended without having been told to.
    pub async fn next_event(&mut self) -> Result<PlatformEvent, PartEnded> {
        match self {
            Self::Embedded(embedded) => embedded.next_event().await,
            Self::Remote(remote) => Err(remote.ended().await),
        }
    }

    /// What the links did so far; `None` without links.
    pub async fn counters(&self) -> Option<PathCounters> {
        match self {
            Self::Embedded(embedded) => Some(embedded.counters().await),
            Self::Remote(remote) => remote.counters().await,
        }
    }

    /// Whether media goes over a stream.
    pub fn is_stream(&self) -> bool {
        match self {
            Self::Embedded(embedded) => embedded.is_stream(),
            Self::Remote(_) => false,
        }
    }

    /// What became of signalling so far; `None` where it goes through no path of the case's.
    pub async fn signalling(&self) -> Option<Signalling> {
        match self {
            Self::Embedded(embedded) => Some(embedded.signalling().await),
            Self::Remote(_) => None,
        }
    }

    /// What the case's firewall did so far; `None` without one.
    pub fn firewall(&self) -> Option<FirewallResult> {
        match self {
            Self::Embedded(embedded) => embedded.firewall(),
            Self::Remote(_) => None,
        }
    }

    /// Ends what is the case's own.
    pub fn close(&self) {
        match self {
            Self::Embedded(embedded) => embedded.close(),
            Self::Remote(_) => {}
        }
    }
}
