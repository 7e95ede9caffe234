//! The signalling endpoint: a listener for all HTTP requests and WebSockets of the clients of one test, with a network
//! in their connections.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;
use tower::ServiceExt;

use super::connect_proxy::{ConnectProxy, ProxyRules, RefusalCounts, TunnelInfo, TunnelListener};
use super::guard::{AllowedClients, Guard, guarded};
use super::resettable::LinkedListener;
use super::server::serve;
use super::stream::{HandshakeMode, StreamListener};
use super::tls_identity::TlsIdentity;
use crate::fault::http_service;
use crate::task::{PartEnded, Task};
use precall_netem::fault::Service;
use precall_netem::{NetworkConfig, StreamCounters};

/// Why a signalling endpoint could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("could not listen for TCP on the loopback interface: {0}; check that the host allows it (`precall doctor`)")]
pub struct SignallingEndpointError(#[from] std::io::Error);

/// A running signalling endpoint. Dropped, it ends with all its connections.
#[derive(Debug)]
pub(crate) struct SignallingEndpoint {
    streams: StreamListener,
    requests: Requests,
    refused: RefusalCounts,
    tasks: Vec<Task>,
}

impl SignallingEndpoint {
    /// Serves `router` on an address of this host, through this network, to the allowed clients. They use the base URL
    /// as the SDK's IP proxy. The network begins with [`SignallingEndpoint::begin`].
    ///
    /// # Errors
    ///
    /// When that address cannot be listened on.
    pub(crate) async fn open(
        host: IpAddr,
        network: &NetworkConfig,
        seed: u64,
        router: Router,
        allowed: &AllowedClients,
    ) -> Result<Self, SignallingEndpointError> {
        let (streams, ends) = StreamListener::open(host, network, seed, HandshakeMode::Delayed).await?;
        let address = streams.address();
        let requests = Requests::default();
        let app = guarded(requests.counted(router), &Guard::new(address, allowed));
        let server = Task::spawn("the signalling path", serve(LinkedListener(ends), app));
        Ok(Self { streams, requests, refused: RefusalCounts::default(), tasks: vec![server] })
    }

    /// Serves `router` on an address of this host, through this network, to pages of the allowed origins whose browser
    /// uses this endpoint as its HTTP proxy. They request the hosts of the tunnels, and TLS ends here. The hosts of
    /// `pages` are served as well, to pages of every origin. The network begins with [`SignallingEndpoint::begin`].
    ///
    /// # Errors
    ///
    /// When that address cannot be listened on.
    pub(crate) async fn open_tunnelled(
        host: IpAddr,
        network: &NetworkConfig,
        seed: u64,
        router: Router,
        allowed: &AllowedClients,
        tunnels: Tunnels,
    ) -> Result<Self, SignallingEndpointError> {
        let Tunnels { identity, mut rules, pages } = tunnels;
        // The request for a tunnel takes the round trip that TCP's handshake would.
        let (streams, ends) = StreamListener::open(host, network, seed, HandshakeMode::Immediate).await?;
        let requests = Requests::default();
        let allowed = AllowedClients { hosts: rules.hosts.clone(), ..allowed.clone() };
        let app = guarded(by_host(requests.counted(router)), &Guard::of_hosts(&allowed));
        rules.hosts.extend(pages.hosts.iter().cloned());
        let app = with_pages(app, pages);
        let refused = RefusalCounts::default();
        // Each tunnel is one of the endpoint's connections, whose number is bounded.
        let (sender, tunnels) = mpsc::unbounded_channel();
        let proxy = ConnectProxy { identity, rules, refused: refused.clone() };
        let proxy = Task::spawn("the signalling path's proxy", proxy.serve(ends, sender));
        let server = Task::spawn("the signalling path", serve(TunnelListener(tunnels), app));
        Ok(Self { streams, requests, refused, tasks: vec![proxy, server] })
    }

    /// Returns the address that the endpoint listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.streams.address()
    }

    /// Returns the URL that clients use as the proxy of the SDK or of the browser.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.streams.address())
    }

    /// Waits until a part of the endpoint ends without having been stopped.
    pub(crate) async fn ended(&self) -> PartEnded {
        let tasks = futures::future::select_all(self.tasks.iter().map(|task| Box::pin(task.ended())));
        tokio::select! {
            ended = self.streams.ended() => ended,
            (ended, ..) = tasks => ended,
        }
    }

    /// Begins the network and its timeline.
    pub(crate) fn begin(&self) {
        self.streams.begin();
    }

    /// Returns the counters of the network's links.
    pub(crate) async fn counters(&self) -> StreamCounters {
        self.streams.counters().await
    }

    /// Returns the number of requests by service.
    pub(crate) fn requests(&self) -> BTreeMap<Service, u64> {
        self.requests.get()
    }

    /// Returns the hosts for which a tunnel was refused, with the number of refusals. A request for a login counts as
    /// one.
    pub(crate) fn refused(&self) -> BTreeMap<String, u64> {
        self.refused.get()
    }
}

/// What an HTTP proxy opens tunnels to.
#[derive(Debug)]
pub(crate) struct Tunnels {
    /// The certificate inside the tunnels.
    pub identity: TlsIdentity,
    /// Who gets a tunnel, and to which of the platform's hosts.
    pub rules: ProxyRules,
    /// What is beside the platform.
    pub pages: HostPages,
}

/// Hosts beside those of the platform, and their routes.
#[derive(Debug, Clone, Default)]
pub(crate) struct HostPages {
    pub hosts: Vec<String>,
    /// The routes, below the name of the host.
    pub router: Router,
}

/// Routes a request to the pages where its tunnel is for one of their hosts, and to `app` otherwise.
fn with_pages(app: Router, pages: HostPages) -> Router {
    if pages.hosts.is_empty() {
        return app;
    }
    let (hosts, pages): (Arc<[String]>, _) = (pages.hosts.into(), by_host(pages.router));
    Router::new().fallback(move |ConnectInfo(tunnel): ConnectInfo<TunnelInfo>, request: Request| {
        let router = if hosts.iter().any(|host| **host == *tunnel.host) { pages.clone() } else { app.clone() };
        async move {
            match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
    })
}

/// Routes a request by the host of its tunnel, as `/<host>/…`.
fn by_host(router: Router) -> Router {
    Router::new().fallback(move |ConnectInfo(tunnel): ConnectInfo<TunnelInfo>, mut request: Request| {
        let router = router.clone();
        async move {
            let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
            let Ok(uri) = format!("/{}{path}", tunnel.host).parse::<Uri>() else {
                return axum::http::StatusCode::BAD_REQUEST.into_response();
            };
            *request.uri_mut() = uri;
            request.extensions_mut().insert(ConnectInfo(tunnel.reset));
            match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        }
    })
}

/// The number of requests by service. Clones share their counts.
#[derive(Debug, Clone, Default)]
struct Requests(Arc<Mutex<BTreeMap<Service, u64>>>);

impl Requests {
    /// Routes whose requests are counted.
    fn counted(&self, router: Router) -> Router {
        let requests = self.clone();
        router.layer(axum::middleware::from_fn(move |request: Request, next: Next| {
            if let Some(service) = http_service(request.uri().path()) {
                *requests.0.lock().unwrap_or_else(PoisonError::into_inner).entry(service).or_default() += 1;
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
