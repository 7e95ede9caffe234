//! A running relay, as everybody else sees it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::leg::{Leg, RelayCounters};
use super::worker::{Ask, Worker};
use crate::network::NetworkConfig;
use crate::path::udp_wall::UdpWall;
use crate::platform::relay::{RelayConfig, RelayPeers, RelayPort, RelaySecret, RelayTransport};

/// How often a port that is free for TCP may be taken for UDP before we give up.
const PORT_ATTEMPTS: usize = 16;

/// Why a relay could not be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "the relay could not listen on {address} (UDP and TCP): {error}; check that nothing else does, or go without one"
)]
pub struct RelayPathError {
    address: SocketAddr,
    error: std::io::Error,
}

/// A running relay. Dropped, it ends.
#[derive(Debug)]
pub struct RelayPath {
    address: SocketAddr,
    asks: mpsc::UnboundedSender<Ask>,
    task: JoinHandle<()>,
}

impl RelayPath {
    /// Opens a relay on a free port of the loopback interface, with this network between it and its clients. The same seed and the
    /// same packets are treated the same.
    ///
    /// # Errors
    ///
    /// When there is no port to be had.
    pub async fn open(network: &NetworkConfig, seed: u64) -> Result<(Self, RelayPort), RelayPathError> {
        Self::open_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), RelayPeers::Host(Vec::new()), network, seed).await
    }

    /// As [`RelayPath::open`], behind a wall: its clients reach it by TCP only.
    ///
    /// # Errors
    ///
    /// When there is no port to be had.
    pub async fn open_behind(
        host: IpAddr,
        wall: UdpWall,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<(Self, RelayPort), RelayPathError> {
        Self::open_with((host, 0).into(), RelayPeers::Host(Vec::new()), Some(wall), network, seed).await
    }

    /// As [`RelayPath::open`], for a page on its way to a platform elsewhere: it is relayed to anybody.
    ///
    /// # Errors
    ///
    /// When there is no port to be had.
    pub async fn open_outward(network: &NetworkConfig, seed: u64) -> Result<(Self, RelayPort), RelayPathError> {
        Self::open_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), RelayPeers::Anybody, network, seed).await
    }

    /// As [`RelayPath::open`], on another address of this host (port 0 takes a free one), for these peers.
    ///
    /// # Errors
    ///
    /// When that address cannot be listened on.
    pub async fn open_on(
        address: SocketAddr,
        peers: RelayPeers,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<(Self, RelayPort), RelayPathError> {
        Self::open_with(address, peers, None, network, seed).await
    }

    async fn open_with(
        address: SocketAddr,
        peers: RelayPeers,
        wall: Option<UdpWall>,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<(Self, RelayPort), RelayPathError> {
        let (listener, socket, address) = listen(address).await.map_err(|error| RelayPathError { address, error })?;
        let secret = RelaySecret::generate();
        let (request_sender, requests) = mpsc::unbounded_channel();
        let (asks, ask_receiver) = mpsc::unbounded_channel();
        let config = RelayConfig { listen: address, secret: secret.clone(), peers };
        let worker = Worker::new(config, socket, listener, Leg::new(network, seed), wall);
        let task = tokio::spawn(worker.run(requests, ask_receiver));
        let transports = RelayTransport::ALL.to_vec();
        Ok((Self { address, asks, task }, RelayPort { address, secret, transports, requests: request_sender }))
    }

    /// Where it listens, for UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins the network's timeline: steps, outages and traces count from now, or else from the first packet.
    pub fn begin(&self) {
        // As in `counters`: a relay that broke shows elsewhere.
        let _ = self.asks.send(Ask::Begin(Instant::now()));
    }

    /// What the links have done so far.
    pub async fn counters(&self) -> RelayCounters {
        let (reply, answer) = oneshot::channel();
        let _ = self.asks.send(Ask::Counters(reply));
        answer.await.unwrap_or_default()
    }
}

impl Drop for RelayPath {
    fn drop(&mut self) {
        self.task.abort();
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
