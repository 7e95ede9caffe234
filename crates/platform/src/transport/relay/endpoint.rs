//! The handle of a running relay.

use std::net::SocketAddr;
use std::time::Instant;

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{mpsc, oneshot};

use super::recorder::RelayRecorder;
use super::task::{RelayControl, RelayTask};
use super::tls::TlsSessions;
use crate::relay::{RelayConfig, RelayPeers, RelayPort, RelaySecret, TurnTransport};
use crate::task::{PartEnded, Task};
use crate::transport::access_link::{AccessCounters, AccessLink};
use crate::transport::capture::Tap;
use crate::transport::connections::Connections;
use crate::transport::media_firewall::MediaFirewall;
use crate::transport::tls_identity::TlsIdentity;
use precall_netem::NetworkConfig;

/// How often a port that is free for TCP may be taken for UDP before we give up.
const PORT_ATTEMPTS: usize = 16;

/// Why a relay could not be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "the relay could not listen on {address} (UDP and TCP): {error}; check that nothing else does, or go without one"
)]
pub struct RelayEndpointError {
    address: SocketAddr,
    error: std::io::Error,
}

/// The options of a relay.
pub struct RelayEndpointOptions {
    /// The address that it listens on, for UDP and TCP. Port 0 takes a free one.
    pub address: SocketAddr,
    /// The peers that it relays to.
    pub peers: RelayPeers,
    /// The identity for clients that connect by TLS, on a port of their own; `None` without TLS.
    pub tls: Option<TlsIdentity>,
    /// A firewall between it and its clients; `None` without one.
    pub firewall: Option<MediaFirewall>,
    /// Captures all packets of its clients, on both sides of the links; `None` without a capture.
    pub tap: Option<Tap>,
}

impl RelayEndpointOptions {
    /// Returns options for a relay between its own clients alone, without a firewall or a capture.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, peers: RelayPeers::Platform(Vec::new()), tls: None, firewall: None, tap: None }
    }
}

/// A running relay. Dropped, it ends.
#[derive(Debug)]
pub struct RelayEndpoint {
    address: SocketAddr,
    tls_address: Option<SocketAddr>,
    controls: mpsc::UnboundedSender<RelayControl>,
    task: Task,
}

impl RelayEndpoint {
    /// Opens a relay with this network between it and its clients. The same seed and the same packets are treated the
    /// same.
    ///
    /// # Errors
    ///
    /// When its address cannot be listened on.
    pub async fn open_with(
        options: RelayEndpointOptions,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<(Self, RelayPort), RelayEndpointError> {
        let RelayEndpointOptions { address, peers, tls, firewall, tap } = options;
        let fail = |error| RelayEndpointError { address, error };
        let (listener, socket, address) = listen(address).await.map_err(fail)?;
        let tls_listener = match &tls {
            Some(_) => Some(TcpListener::bind((address.ip(), 0)).await.map_err(fail)?),
            None => None,
        };
        let tls_address = tls_listener.as_ref().map(TcpListener::local_addr).transpose().map_err(fail)?;
        let secret = RelaySecret::generate();
        let (request_sender, requests) = mpsc::unbounded_channel();
        let (controls, control_receiver) = mpsc::unbounded_channel();
        let config = RelayConfig { listen: address, secret: secret.clone(), peers };
        let tap = tap.map(|tap| RelayRecorder::new(tap, address));
        let tls = tls.map(|identity| TlsSessions::new(identity.stream_config()));
        let connections = Connections::new(listener, tls_listener);
        let worker = RelayTask::new(config, socket, connections, tls, AccessLink::new(network, seed), firewall, tap);
        let task = Task::spawn("the relay", worker.run(requests, control_receiver));
        let transports = TurnTransport::ALL.to_vec();
        let port = RelayPort { address, tls_address, secret, transports, requests: request_sender };
        Ok((Self { address, tls_address, controls, task }, port))
    }

    /// Returns the address on which it listens for UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address on which it listens for TLS; `None` without TLS.
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.tls_address
    }

    /// Begins the network's timeline: steps, outages and traces count from now, or else from the first packet.
    pub fn begin(&self) {
        // As in `counters`: [`RelayEndpoint::ended`] reports a relay that failed.
        let _ = self.controls.send(RelayControl::Begin(Instant::now()));
    }

    /// Waits until the relay ends without having been stopped.
    pub async fn ended(&self) -> PartEnded {
        self.task.ended().await
    }

    /// Returns the counters of the links.
    pub async fn counters(&self) -> AccessCounters {
        let (reply, answer) = oneshot::channel();
        let _ = self.controls.send(RelayControl::Counters(reply));
        answer.await.unwrap_or_default()
    }
}

/// Listens on one port for both.
async fn listen(address: SocketAddr) -> std::io::Result<(TcpListener, UdpSocket, SocketAddr)> {
    let mut attempts = if address.port() == 0 { PORT_ATTEMPTS } else { 1 };
    loop {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        attempts -= 1;
        match UdpSocket::bind(address).await {
            Ok(socket) => return Ok((listener, socket, address)),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && attempts > 0 => {}
            Err(error) => return Err(error),
        }
    }
}
