//! A session on a remote platform: one that was created for the case, or the one that the credentials name.
//!
//! Without a network in the scenario, media takes the host's own network. With one, it goes through a relay on this
//! host, and the emulated network is between the page and the relay.

use std::net::Ipv4Addr;

use futures::FutureExt;
use futures::future::BoxFuture;

use super::platform_backend::PlatformBackend;
use crate::cloud::SessionCredentials;
use crate::page::{RelayOnly, RtcIceServer};
use crate::runner::case_error::CaseError;
use crate::runner::conditions::EVERY_HOST;
use crate::runner::test_bed::TestBed;
use precall_netem::PathCounters;
use precall_platform::credentials::SessionId;
use precall_platform::relay::{IceServer, RelayPeers, TurnTransport};
use precall_platform::transport::{RelayEndpoint, RelayEndpointOptions};
use precall_platform::{PartEnded, PlatformEvent};
use precall_scenario::CloudSpec;
use precall_scenario::plan::Case;

/// The session of a case on a remote platform.
pub(super) struct RemoteBackend {
    proxy_url: Option<String>,
    admission: SessionCredentials,
    relay: Option<(RelayEndpoint, Vec<RtcIceServer>)>,
}

impl RemoteBackend {
    pub async fn open(case: &Case, spec: &CloudSpec, bed: &TestBed) -> Result<Self, CaseError> {
        let network = &case.spec.network.for_links();
        let relay = match network.is_unimpaired() {
            true => None,
            false => {
                let tap = bed.tap(&case.id).map_err(CaseError::Capture)?;
                let any_port = RelayEndpointOptions::new((Ipv4Addr::LOCALHOST, 0).into());
                let options = RelayEndpointOptions { peers: RelayPeers::All, tap, ..any_port };
                let (path, mut port) =
                    RelayEndpoint::open_with(options, network, case.seed).await.map_err(CaseError::platform)?;
                port.transports = vec![TurnTransport::Udp];
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
}

impl PlatformBackend for RemoteBackend {
    fn admission(&self) -> &SessionCredentials {
        &self.admission
    }

    fn proxy_url(&self) -> Option<&str> {
        self.proxy_url.as_deref()
    }

    fn relay(&self) -> RelayOnly {
        self.relay.as_ref().map_or(RelayOnly::No, |(_, servers)| RelayOnly::Given(servers.clone()))
    }

    /// The proxy, or else every host: the cloud's hosts are not known in advance, and only the SDK's own traffic is
    /// HTTPS.
    fn unlinked_signalling(&self) -> Option<String> {
        Some(self.proxy_url.as_ref().map_or_else(|| EVERY_HOST.to_owned(), |url| format!("{url}/*")))
    }

    fn remote_session(&self) -> Option<&SessionId> {
        Some(&self.admission.session_id)
    }

    fn begin(&self) {
        if let Some((path, _)) = &self.relay {
            path.begin();
        }
    }

    /// Fails when the relay has ended unexpectedly; a remote platform reports no events.
    fn next_event(&mut self) -> BoxFuture<'_, Result<PlatformEvent, PartEnded>> {
        match &self.relay {
            Some((path, _)) => path.ended().map(Err).boxed(),
            None => std::future::pending().boxed(),
        }
    }

    fn counters(&self) -> BoxFuture<'_, Option<PathCounters>> {
        async {
            match &self.relay {
                Some((path, _)) => Some(path.counters().await.udp),
                None => None,
            }
        }
        .boxed()
    }
}
