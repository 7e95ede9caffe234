//! A listener whose connections pass through a network, as everybody else sees it.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::end::ServerEnd;
use super::worker::{Ask, Worker};
use crate::{PartEnded, Task};
use precall_netem::{NetworkConfig, StreamCounters};

/// When a connection stands, as its client and server see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) enum Handshake {
    /// After TCP's own round trip through the network: the kernel's, on the loopback interface, took no time.
    Delayed,
    /// At once: something else stands for that round trip.
    Immediate,
}

/// A running listener. Dropped, it ends with all its connections.
#[derive(Debug)]
pub(in crate::path) struct StreamPath {
    address: SocketAddr,
    asks: mpsc::UnboundedSender<Ask>,
    task: Task,
}

impl StreamPath {
    /// Listens on a free port of an address of this host, and gives the servers' ends of connections. Until
    /// [`StreamPath::begin`] everything passes at once.
    pub async fn open(
        host: IpAddr,
        network: &NetworkConfig,
        seed: u64,
        handshake: Handshake,
    ) -> std::io::Result<(Self, mpsc::UnboundedReceiver<ServerEnd>)> {
        let listener = TcpListener::bind((host, 0)).await?;
        let address = listener.local_addr()?;
        let (servers, ends) = mpsc::unbounded_channel();
        let (asks, ask_receiver) = mpsc::unbounded_channel();
        let worker = Worker::new(listener, handshake, network, seed, servers);
        let task = Task::spawn("the signalling path's network", worker.run(ask_receiver));
        Ok((Self { address, asks, task }, ends))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it ends without having been told to.
    pub async fn ended(&self) -> PartEnded {
        self.task.ended().await
    }

    /// The network begins now, and its timeline with it.
    pub fn begin(&self) {
        // As in `counters`: a path that broke shows elsewhere.
        let _ = self.asks.send(Ask::Begin(Instant::now()));
    }

    /// What the links have done so far.
    pub async fn counters(&self) -> StreamCounters {
        let (reply, answer) = oneshot::channel();
        let _ = self.asks.send(Ask::Counters(reply));
        answer.await.unwrap_or_default()
    }
}
