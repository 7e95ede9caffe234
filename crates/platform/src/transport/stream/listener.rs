//! The handle of a listener whose connections pass through a network.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::end::ServerEnd;
use super::handshake::HandshakeMode;
use super::task::{StreamControl, StreamTask};
use crate::task::{PartEnded, Task};
use precall_netem::{NetworkConfig, StreamCounters};

/// A running listener. Dropped, it ends with all its connections.
#[derive(Debug)]
pub(in crate::transport) struct StreamListener {
    address: SocketAddr,
    controls: mpsc::UnboundedSender<StreamControl>,
    task: Task,
}

impl StreamListener {
    /// Listens on a free port of an address of this host, and gives the servers' ends of connections. Until
    /// [`StreamListener::begin`] everything passes at once.
    pub(crate) async fn open(
        host: IpAddr,
        network: &NetworkConfig,
        seed: u64,
        handshake: HandshakeMode,
    ) -> std::io::Result<(Self, mpsc::UnboundedReceiver<ServerEnd>)> {
        let listener = TcpListener::bind((host, 0)).await?;
        let address = listener.local_addr()?;
        let (servers, ends) = mpsc::unbounded_channel();
        let (controls, control_receiver) = mpsc::unbounded_channel();
        let worker = StreamTask::new(listener, handshake, network, seed, servers);
        let task = Task::spawn("the signalling path's network", worker.run(control_receiver));
        Ok((Self { address, controls, task }, ends))
    }

    /// Returns the address on which it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the listener ends without having been stopped.
    pub(crate) async fn ended(&self) -> PartEnded {
        self.task.ended().await
    }

    /// Begins the network and its timeline.
    pub(crate) fn begin(&self) {
        // As in `counters`: [`StreamListener::ended`] reports a listener that failed.
        let _ = self.controls.send(StreamControl::Begin(Instant::now()));
    }

    /// Returns the counters of the links.
    pub(crate) async fn counters(&self) -> StreamCounters {
        let (reply, answer) = oneshot::channel();
        let _ = self.controls.send(StreamControl::Counters(reply));
        answer.await.unwrap_or_default()
    }
}
