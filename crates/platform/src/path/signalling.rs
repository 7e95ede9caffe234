//! The signalling path of one case: a listener of its own for everything that clients ask the platform, with the case's
//! network in its connections.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;
use tower::ServiceExt;

use super::guard::{Allowed, Guard, guarded};
use super::listener::LinkedListener;
use super::server::serve;
use super::stream::{Handshake, StreamPath};
use super::tunnel::{Door, Refused, TlsIdentity, TunnelInfo, TunnelListener, TunnelRules};
use crate::{PartEnded, Task, leg};
use precall_netem::fault::Service;
use precall_netem::{NetworkConfig, StreamCounters};

/// Why a path could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("could not listen for TCP on the loopback interface: {0}; check that the host allows it (`precall doctor`)")]
pub struct SignallingPathError(#[from] std::io::Error);

/// A running signalling path. Dropped, it ends with all its connections.
#[derive(Debug)]
pub struct SignallingPath {
    streams: StreamPath,
    requests: Requests,
    refused: Refused,
    tasks: Vec<Task>,
}

impl SignallingPath {
    /// Serves `router` on an address of this host, through this network, to pages of one origin, below a base URL that they are given as the SDK's IP
    /// proxy. The network begins with [`SignallingPath::begin`].
    ///
    /// # Errors
    ///
    /// When that address cannot be listened on.
    pub async fn open(
        host: IpAddr,
        network: &NetworkConfig,
        seed: u64,
        router: Router,
        page_origin: &str,
    ) -> Result<Self, SignallingPathError> {
        let (streams, ends) = StreamPath::open(host, network, seed, Handshake::Delayed).await?;
        let address = streams.address();
        let requests = Requests::default();
        let allowed = Allowed { origins: vec![page_origin.to_owned()], ..Allowed::default() };
        let app = guarded(requests.counted(router), &Guard::new(address, &allowed));
        let server = Task::spawn("the signalling path", serve(LinkedListener(ends), app));
        Ok(Self { streams, requests, refused: Refused::default(), tasks: vec![server] })
    }

    /// Serves `router` on an address of this host, through this network, to pages of one origin whose browser has this path for its HTTP proxy: they ask
    /// for the platform's own hosts, and TLS ends here. The network begins with [`SignallingPath::begin`].
    ///
    /// # Errors
    ///
    /// When that address cannot be listened on.
    pub async fn open_tunnelled(
        host: IpAddr,
        network: &NetworkConfig,
        seed: u64,
        router: Router,
        page_origin: &str,
        identity: TlsIdentity,
        rules: TunnelRules,
    ) -> Result<Self, SignallingPathError> {
        // The request for a tunnel takes the round trip that TCP's handshake would.
        let (streams, ends) = StreamPath::open(host, network, seed, Handshake::Immediate).await?;
        let requests = Requests::default();
        let allowed =
            Allowed { origins: vec![page_origin.to_owned()], hosts: rules.hosts.clone(), ..Allowed::default() };
        let app = guarded(by_host(requests.counted(router)), &Guard::of_hosts(&allowed));
        let refused = Refused::default();
        // Each is one of the path's connections, whose number is bounded.
        let (sender, tunnels) = mpsc::unbounded_channel();
        let door = Door { identity, rules, refused: refused.clone() };
        let door = Task::spawn("the signalling path's proxy", door.stand(ends, sender));
        let server = Task::spawn("the signalling path", serve(TunnelListener(tunnels), app));
        Ok(Self { streams, requests, refused, tasks: vec![door, server] })
    }

    /// What clients are given as their proxy, of the SDK or of the browser.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.streams.address())
    }

    /// Waits until a part of it ends without having been told to.
    pub async fn ended(&self) -> PartEnded {
        let tasks = futures::future::select_all(self.tasks.iter().map(|task| Box::pin(task.ended())));
        tokio::select! {
            ended = self.streams.ended() => ended,
            (ended, ..) = tasks => ended,
        }
    }

    /// The network begins now, and its timeline with it.
    pub fn begin(&self) {
        self.streams.begin();
    }

    /// What the network has done so far.
    pub async fn counters(&self) -> StreamCounters {
        self.streams.counters().await
    }

    /// How many requests came, by leg.
    pub fn requests(&self) -> BTreeMap<Service, u64> {
        self.requests.get()
    }

    /// Hosts for which a tunnel was refused, and how often; being asked for a login counts as well.
    pub fn refused(&self) -> BTreeMap<String, u64> {
        self.refused.get()
    }
}

/// Routes a request by the host that its tunnel was asked for, as `/<host>/…`.
fn by_host(router: Router) -> Router {
    Router::new().fallback(move |ConnectInfo(tunnel): ConnectInfo<TunnelInfo>, mut request: Request| {
        let router = router.clone();
        async move {
            let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
            let Ok(uri) = format!("/{}{path}", tunnel.host).parse::<Uri>() else {
                return axum::http::StatusCode::BAD_REQUEST.into_response();
            };
            *request.uri_mut() = uri;
            request.extensions_mut().insert(ConnectInfo(tunnel.cut));
            match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
    })
}

/// How many requests came, by leg; clones count together.
#[derive(Debug, Clone, Default)]
struct Requests(Arc<Mutex<BTreeMap<Service, u64>>>);

impl Requests {
    /// Routes whose requests are counted.
    fn counted(&self, router: Router) -> Router {
        let requests = self.clone();
        router.layer(axum::middleware::from_fn(move |request: Request, next: Next| {
            if let Some(leg) = leg(request.uri().path()) {
                *requests.0.lock().unwrap_or_else(PoisonError::into_inner).entry(leg).or_default() += 1;
            }
            async move { next.run(request).await as Response }
        }))
    }

    fn get(&self) -> BTreeMap<Service, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests;
