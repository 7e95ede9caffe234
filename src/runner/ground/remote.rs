//! A platform elsewhere, with a session of the case's own, or the one that the credentials name.
//!
//! Without a network in the scenario, media goes there on the host's own. With one, it goes through a relay on this host: the
//! network is between the page and the relay.

use crate::browser::HttpConditions;
use crate::cloud::Admission;
use crate::network::{NetworkConfig, PathCounters};
use crate::page::{RelayOnly, RtcIceServer};
use crate::path::RelayPath;
use crate::plan::Case;
use crate::platform::relay::{IceServer, RelayTransport};
use crate::runner::lab::Lab;
use crate::scenario::CloudSpec;

/// A session on a platform elsewhere.
pub struct Remote {
    proxy_url: Option<String>,
    admission: Admission,
    relay: Option<(RelayPath, Vec<RtcIceServer>)>,
    http_conditions: Option<HttpConditions>,
}

impl Remote {
    pub async fn open(case: &Case, spec: &CloudSpec, lab: &Lab) -> Result<Self, anyhow::Error> {
        let network = &case.spec.network;
        let relay = match network.is_unimpaired() {
            true => None,
            false => {
                let (path, mut port) = RelayPath::open_outward(network, case.seed).await?;
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
        let proxy_url = spec.proxy_url.clone();
        let http_conditions = http_conditions(network, proxy_url.as_deref());
        Ok(Self { proxy_url, admission: lab.accounts.admit(spec).await?, relay, http_conditions })
    }

    pub fn admission(&self) -> &Admission {
        &self.admission
    }

    pub fn proxy_url(&self) -> Option<&str> {
        self.proxy_url.as_deref()
    }

    /// Media goes through the relay if there is one.
    pub fn relay(&self) -> RelayOnly {
        self.relay.as_ref().map_or(RelayOnly::No, |(_, servers)| RelayOnly::Given(servers.clone()))
    }

    /// What the case's network means for signalling, as far as Chrome can do it; `None` leaves it untouched.
    pub fn http_conditions(&self) -> Option<&HttpConditions> {
        self.http_conditions.as_ref()
    }

    pub fn begin(&self) {
        if let Some((path, _)) = &self.relay {
            path.begin();
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

fn http_conditions(network: &NetworkConfig, proxy_url: Option<&str>) -> Option<HttpConditions> {
    if network.is_unimpaired() {
        return None;
    }
    // Without a proxy every host: the cloud's are not known beforehand, and only the SDK's own traffic is HTTPS.
    let url_pattern = proxy_url.map_or_else(|| "https://*:*/*".to_owned(), |url| format!("{url}/*"));
    Some(HttpConditions {
        url_pattern,
        // Chrome adds it once per request: the way there and back.
        latency: network.up.delay + network.down.delay,
        upload: network.up.nominal_rate(),
        download: network.down.nominal_rate(),
    })
}
