//! The handle of a running media endpoint.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::access::AccessPath;
use super::task::{AccessSockets, MediaControl, MediaTask};
use super::tcp_clients::TcpClients;
use crate::MediaPort;
use crate::limits::MAX_MEDIA_REQUESTS;
use crate::media::{AccessId, MediaAddresses};
use crate::task::{PartEnded, Task};
use crate::transport::access_link::{AccessCounters, AccessLink};
use crate::transport::capture::Tap;
use crate::transport::datagrams::Datagrams;
use crate::transport::media_firewall::MediaFirewall;
use precall_netem::{NetworkConfig, PathCounters};

/// Why a media endpoint could not be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "could not open a socket for media: {0}; check that the address is one of this host, and that the host allows it \
     (`precall doctor`)"
)]
pub struct MediaEndpointError(#[from] std::io::Error);

/// The options of a media endpoint.
#[derive(Debug)]
pub(crate) struct MediaEndpointOptions {
    /// The address of this host that its sockets are bound to.
    pub host: IpAddr,
    /// The port of its sockets, for UDP and for TCP; 0 takes a free one.
    pub port: u16,
    /// The address that clients receive instead of `host`, where a network address translation, such as a container's,
    /// has an address of its own for the same port.
    pub announced: Option<IpAddr>,
    /// Whether clients may use TCP as well (ICE-TCP).
    pub tcp: bool,
    /// A firewall that only packets of the relay pass; `None` without one.
    pub firewall: Option<MediaFirewall>,
    /// Captures all packets, on both sides of the links; `None` without a capture.
    pub tap: Option<Tap>,
}

impl MediaEndpointOptions {
    /// Returns options for UDP alone, without a firewall or a capture.
    pub(crate) fn new(host: IpAddr) -> Self {
        Self { host, port: 0, announced: None, tcp: false, firewall: None, tap: None }
    }
}

/// A running media endpoint. Dropped, it ends.
#[derive(Debug)]
pub struct MediaEndpoint {
    addresses: MediaAddresses,
    controls: mpsc::UnboundedSender<MediaControl>,
    task: Task,
}

impl MediaEndpoint {
    /// Opens a media endpoint with this network between it and its clients. The same seed and the same packets have the
    /// same result.
    ///
    /// # Errors
    ///
    /// When no UDP socket can be had on the loopback interface.
    pub async fn open(network: &NetworkConfig, seed: u64) -> Result<(Self, MediaPort), MediaEndpointError> {
        Self::open_on(Ipv4Addr::LOCALHOST.into(), network, seed).await
    }

    /// Opens an endpoint as [`MediaEndpoint::open`] does, on another address of this host, since not every browser
    /// offers loopback candidates.
    ///
    /// # Errors
    ///
    /// When no socket can be opened on that address.
    pub async fn open_on(
        host: IpAddr,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<(Self, MediaPort), MediaEndpointError> {
        Self::open_with(MediaEndpointOptions::new(host), network, seed).await
    }

    /// Opens an endpoint as [`MediaEndpoint::open`] does, with all options.
    ///
    /// # Errors
    ///
    /// When no socket can be opened on that address.
    pub(crate) async fn open_with(
        options: MediaEndpointOptions,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<(Self, MediaPort), MediaEndpointError> {
        let first = access_point(options, network, seed).await?;
        let addresses = first.path.addresses;
        let (request_sender, requests) = mpsc::channel(MAX_MEDIA_REQUESTS);
        let (events, event_receiver) = mpsc::unbounded_channel();
        let (controls, control_receiver) = mpsc::unbounded_channel();
        let worker = MediaTask::new(first, events);
        let task = Task::spawn("the media router", worker.run(requests, control_receiver));
        let port = MediaPort { requests: request_sender, events: event_receiver };
        Ok((Self { addresses, controls, task }, port))
    }

    /// Opens a further access point to the same router, with this network between it and its clients. Returns its
    /// number and its addresses.
    ///
    /// # Errors
    ///
    /// When no socket can be opened on that address.
    pub(crate) async fn open_access(
        &self,
        options: MediaEndpointOptions,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<MediaAddresses, MediaEndpointError> {
        let access = access_point(options, network, seed).await?;
        let addresses = access.path.addresses;
        let (reply, number) = oneshot::channel();
        // As in `counters`: [`MediaEndpoint::ended`] reports an endpoint that failed.
        let _ = self.controls.send(MediaControl::Open(Box::new(access), reply));
        Ok(MediaAddresses { access: number.await.unwrap_or_default(), ..addresses })
    }

    /// Returns the address to which the browser sends its media: the announced address, if there is one.
    pub fn address(&self) -> SocketAddr {
        self.addresses.udp
    }

    /// Returns the address to which the browser connects, if TCP is on.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        self.addresses.tcp
    }

    /// Begins the network's timeline at the first access point: steps, outages and traces count from now, or else from
    /// the first packet.
    pub fn begin(&self) {
        self.begin_at(AccessId::default());
    }

    /// Begins the timeline of the network at an access point.
    pub(crate) fn begin_at(&self, access: AccessId) {
        // As in `counters`: [`MediaEndpoint::ended`] reports an endpoint that failed.
        let _ = self.controls.send(MediaControl::Begin(access, Instant::now()));
    }

    /// Changes the network of media over UDP at an access point from now on. Steps that are left do not happen.
    pub(crate) fn change_network(&self, access: AccessId, network: &NetworkConfig) {
        // As in `counters`: [`MediaEndpoint::ended`] reports an endpoint that failed.
        let _ = self.controls.send(MediaControl::Change(access, Box::new(network.clone())));
    }

    /// Waits until the endpoint ends without having been stopped.
    pub async fn ended(&self) -> PartEnded {
        self.task.ended().await
    }

    /// Returns the counters of the links of datagrams at the first access point.
    pub async fn counters(&self) -> PathCounters {
        self.access_counters(AccessId::default()).await.udp
    }

    /// Returns the counters of the links of datagrams and streams at an access point.
    pub(crate) async fn access_counters(&self, access: AccessId) -> AccessCounters {
        let (reply, answer) = oneshot::channel();
        // An endpoint that has failed counts nothing more; `ended` reports it.
        let _ = self.controls.send(MediaControl::Counters(access, reply));
        answer.await.unwrap_or_default()
    }

    /// Returns the number of the router's publishers and subscribers.
    pub async fn peer_counts(&self) -> (usize, usize) {
        let (reply, answer) = oneshot::channel();
        // As in `counters`.
        let _ = self.controls.send(MediaControl::PeerCounts(reply));
        answer.await.unwrap_or_default()
    }
}

/// Opens the sockets of an access point.
async fn access_point(
    options: MediaEndpointOptions,
    network: &NetworkConfig,
    seed: u64,
) -> Result<AccessSockets, MediaEndpointError> {
    let socket = Datagrams::bind(options.host, options.port).await?;
    let listener = match options.tcp {
        true => Some(TcpListener::bind((options.host, options.port)).await?),
        false => None,
    };
    let told = |bound: SocketAddr| SocketAddr::new(options.announced.unwrap_or(bound.ip()), bound.port());
    let tcp = listener.as_ref().map(TcpListener::local_addr).transpose()?.map(told);
    let addresses = MediaAddresses { tcp, ..told(socket.local_addr()?).into() };
    let (link, firewall, tap) = (AccessLink::new(network, seed), options.firewall, options.tap);
    let path = AccessPath { addresses, link, firewall, tap };
    Ok(AccessSockets { path, socket, streams: listener.map(TcpClients::new) })
}
