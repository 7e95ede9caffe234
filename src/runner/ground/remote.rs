//! A platform elsewhere, with a session of the case's own, or the one that the credentials name.
//!
//! Without a network in the scenario, media goes there on the host's own. With one, it goes through a relay on this
//! host: the network is between the page and the relay.

use std::net::Ipv4Addr;

use crate::cloud::SessionCredentials;
use crate::page::{RelayOnly, RtcIceServer};
use crate::runner::case_error::CaseError;
use crate::runner::conditions::EVERY_HOST;
use crate::runner::test_bed::TestBed;
use precall_netem::PathCounters;
use precall_platform::PartEnded;
use precall_platform::path::{RelayPath, RelayPathOptions};
use precall_platform::relay::{IceServer, RelayPeers, RelayTransport};
use precall_scenario::CloudSpec;
use precall_scenario::plan::Case;

/// A session on a platform elsewhere.
pub struct Remote {
    proxy_url: Option<String>,
    admission: SessionCredentials,
    relay: Option<(RelayPath, Vec<RtcIceServer>)>,
}

impl Remote {
    pub async fn open(case: &Case, spec: &CloudSpec, bed: &TestBed) -> Result<Self, CaseError> {
        let network = &case.spec.network.for_links();
        let relay = match network.is_unimpaired() {
            true => None,
            false => {
                let tap = bed.tap(&case.id).map_err(CaseError::Capture)?;
                let any_port = RelayPathOptions::new((Ipv4Addr::LOCALHOST, 0).into());
                let options = RelayPathOptions { peers: RelayPeers::Anybody, tap, ..any_port };
                let (path, mut port) =
                    RelayPath::open_with(options, network, case.seed).await.map_err(CaseError::platform)?;
                port.transports = vec![RelayTransport::Udp];
                let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default();
                let servers = port.ice_servers(now).into_iter();
                let servers = servers.map(|IceServer { url, username, credential }| RtcIceServer {
                    urls: url,
                    username,
                    credential,
                });
                Some((path, servers.collect()))
            }
        };
        Ok(Self { proxy_url: spec.proxy_url.clone(), admission: bed.accounts.admit(spec).await?, relay })
    }

    pub fn admission(&self) -> &SessionCredentials {
        &self.admission
    }

    pub fn proxy_url(&self) -> Option<&str> {
        self.proxy_url.as_deref()
    }

    /// Media goes through the relay if there is one.
    pub fn relay(&self) -> RelayOnly {
        self.relay.as_ref().map_or(RelayOnly::No, |(_, servers)| RelayOnly::Given(servers.clone()))
    }

    /// The proxy, or else every host: the cloud's are not known beforehand, and only the SDK's own traffic is HTTPS.
    pub fn signalling_pattern(&self) -> String {
        self.proxy_url.as_ref().map_or_else(|| EVERY_HOST.to_owned(), |url| format!("{url}/*"))
    }

    pub fn begin(&self) {
        if let Some((path, _)) = &self.relay {
            path.begin();
        }
    }

    /// Waits until the relay ends without having been told to.
    pub async fn ended(&self) -> PartEnded {
        match &self.relay {
            Some((path, _)) => path.ended().await,
            None => std::future::pending().await,
        }
    }

    /// What the links did so far; `None` without a relay.
    pub async fn counters(&self) -> Option<PathCounters> {
        match &self.relay {
            Some((path, _)) => Some(path.counters().await.udp),
            None => None,
        }
    }
}
