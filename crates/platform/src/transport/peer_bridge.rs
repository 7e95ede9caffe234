//! A UDP bridge between two peers with a network in it, and without a router or a relay.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::access_link::{AccessLink, ClientPacket};
use super::datagrams::{Datagrams, MAX_BURST};
use super::media::MediaEndpointError;
use super::timer::Timer;
use crate::transport::client_addr::ClientAddr;
use precall_netem::{NetworkConfig, PathCounters};

/// A running bridge between two peers, the near one and the far one. Each peer sends to an address of the bridge, and
/// its datagrams leave from the other address. Datagrams from the near peer pass the network's `up` link, those from
/// the far peer its `down` link. Dropped, the bridge ends.
///
/// Two peer connections that are joined by it are the reference for what a browser does on a network: links, sockets
/// and timers are those of [`MediaEndpoint`](super::MediaEndpoint), and only the router is missing.
#[derive(Debug)]
pub struct PeerBridge {
    near: SocketAddr,
    far: SocketAddr,
    controls: mpsc::UnboundedSender<BridgeControl>,
    task: JoinHandle<()>,
}

enum BridgeControl {
    Begin(Instant),
    Counters(oneshot::Sender<PathCounters>),
}

impl PeerBridge {
    /// Opens a bridge on an address of this host. A peer's address is that of its last datagram. Only datagrams from
    /// `host` itself count, so that a browser with several interfaces is one peer.
    ///
    /// The same seed and the same packets are treated the same.
    ///
    /// # Errors
    ///
    /// When no UDP socket can be opened on that address.
    pub async fn open(host: IpAddr, network: &NetworkConfig, seed: u64) -> Result<Self, MediaEndpointError> {
        Self::open_between(host, None, network, seed).await
    }

    /// Opens a bridge as [`PeerBridge::open`] does, to a far peer with a known, fixed address: a media router.
    ///
    /// # Errors
    ///
    /// When no UDP socket can be opened on `host`.
    pub async fn open_to(
        host: IpAddr,
        far_peer: SocketAddr,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<Self, MediaEndpointError> {
        Self::open_between(host, Some(far_peer), network, seed).await
    }

    async fn open_between(
        host: IpAddr,
        far_peer: Option<SocketAddr>,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<Self, MediaEndpointError> {
        let near = BridgeEnd { socket: Datagrams::bind(host, 0).await?, host, peer: BridgePeer::Learned(None) };
        let far_peer = far_peer.map_or(BridgePeer::Learned(None), BridgePeer::Fixed);
        let far = BridgeEnd { socket: Datagrams::bind(host, 0).await?, host, peer: far_peer };
        let addresses = (near.socket.local_addr()?, far.socket.local_addr()?);
        let (controls, control_receiver) = mpsc::unbounded_channel();
        let worker = BridgeTask { near, far, access_link: AccessLink::new(network, seed) };
        let task = tokio::spawn(worker.run(control_receiver));
        Ok(Self { near: addresses.0, far: addresses.1, controls, task })
    }

    /// Returns where the near peer sends to.
    pub fn near_address(&self) -> SocketAddr {
        self.near
    }

    /// Returns where the far peer sends to.
    pub fn far_address(&self) -> SocketAddr {
        self.far
    }

    /// Begins the network's timeline: steps, outages and traces count from now, or else from the first packet.
    pub fn begin(&self) {
        // Without its task no media passes, which the caller sees.
        let _ = self.controls.send(BridgeControl::Begin(Instant::now()));
    }

    /// Returns the counters of the links; zeros once the bridge's task has ended.
    pub async fn counters(&self) -> PathCounters {
        let (reply, answer) = oneshot::channel();
        let _ = self.controls.send(BridgeControl::Counters(reply));
        answer.await.unwrap_or_default()
    }
}

impl Drop for PeerBridge {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Where the peer of an end is.
enum BridgePeer {
    /// The address is known from the start.
    Fixed(SocketAddr),
    /// Where it sent from last, if it has sent anything.
    Learned(Option<SocketAddr>),
}

/// The bridge's end towards one peer.
struct BridgeEnd {
    socket: Datagrams,
    host: IpAddr,
    peer: BridgePeer,
}

impl BridgeEnd {
    /// Returns the next datagram from this end's peer that waits in the kernel.
    fn try_receive(&mut self) -> Option<ClientPacket> {
        loop {
            let (from, contents) = self.socket.try_receive()?;
            let is_peer = match &mut self.peer {
                BridgePeer::Fixed(peer) => *peer == from,
                BridgePeer::Learned(peer) => {
                    let is_of_host = from.ip() == self.host;
                    *peer = if is_of_host { Some(from) } else { *peer };
                    is_of_host
                }
            };
            if is_peer {
                return Some(ClientPacket { client: ClientAddr::Udp(from), contents });
            }
        }
    }

    /// Sends to this end's peer. While it is unknown the datagram is lost; connectivity checks are repeated.
    fn send(&self, contents: &[u8]) {
        if let BridgePeer::Fixed(to) | BridgePeer::Learned(Some(to)) = self.peer {
            self.socket.send(contents, to);
        }
    }
}

struct BridgeTask {
    near: BridgeEnd,
    far: BridgeEnd,
    access_link: AccessLink,
}

impl BridgeTask {
    async fn run(mut self, mut controls: mpsc::UnboundedReceiver<BridgeControl>) {
        let mut timer = Timer::new();
        loop {
            let next = self.access_link.poll_timeout(Instant::now());
            tokio::select! {
                control = controls.recv() => match control {
                    Some(BridgeControl::Begin(now)) => self.access_link.begin(now),
                    // The receiver may have stopped waiting.
                    Some(BridgeControl::Counters(reply)) => drop(reply.send(self.access_link.counters().udp)),
                    None => return,
                },
                Ok(()) = self.near.socket.readable() => self.read_near(),
                Ok(()) = self.far.socket.readable() => self.read_far(),
                () = timer.wait(next) => {}
            }
            self.advance(Instant::now());
        }
    }

    fn read_near(&mut self) {
        for packet in std::iter::from_fn(|| self.near.try_receive()).take(MAX_BURST) {
            self.access_link.handle_uplink(Instant::now(), packet);
        }
    }

    fn read_far(&mut self) {
        for packet in std::iter::from_fn(|| self.far.try_receive()).take(MAX_BURST) {
            self.access_link.handle_downlink(Instant::now(), packet);
        }
    }

    fn advance(&mut self, now: Instant) {
        while let Some((_, packet)) = self.access_link.poll_uplink(now) {
            self.far.send(&packet.contents);
        }
        while let Some(packet) = self.access_link.poll_downlink(now) {
            self.near.send(&packet.contents);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use tokio::net::UdpSocket;

    use super::*;
    use precall_netem::LinkConfig;

    const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    async fn socket() -> UdpSocket {
        UdpSocket::bind((HOST, 0)).await.expect("a socket")
    }

    async fn received(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
        let mut buffer = [0; 64];
        let wait = tokio::time::timeout(Duration::from_secs(10), socket.recv_from(&mut buffer));
        let (length, from) = wait.await.expect("it comes").expect("read");
        (buffer[..length].to_vec(), from)
    }

    #[tokio::test]
    async fn a_bridge_joins_two_peers_through_links() {
        let delay = Duration::from_millis(30);
        let network = NetworkConfig { down: LinkConfig { delay, ..LinkConfig::default() }, ..NetworkConfig::default() };
        let path = PeerBridge::open(HOST, &network, 1).await.expect("a path");
        path.begin();
        let (near, far) = (socket().await, socket().await);
        // The address of the near peer is not known yet.
        far.send_to(b"lost", path.far_address()).await.expect("sent");
        while path.counters().await.down.packets_out == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        near.send_to(b"up", path.near_address()).await.expect("sent");
        assert_eq!(received(&far).await, (b"up".to_vec(), path.far_address()));
        let sent = Instant::now();
        far.send_to(b"down", path.far_address()).await.expect("sent");
        assert_eq!(received(&near).await, (b"down".to_vec(), path.near_address()));
        assert!(sent.elapsed() >= delay, "{:?}", sent.elapsed());
        let PathCounters { up, down } = path.counters().await;
        assert_eq!((up.packets_out, up.bytes_out, down.packets_out, down.bytes_out), (1, 2, 2, 8));
    }

    #[tokio::test]
    async fn only_the_fixed_peer_is_accepted() {
        let (near, far, other) = (socket().await, socket().await, socket().await);
        let far_peer = far.local_addr().expect("bound");
        let path = PeerBridge::open_to(HOST, far_peer, &NetworkConfig::default(), 1).await.expect("a path");
        near.send_to(b"up", path.near_address()).await.expect("sent");
        let (contents, from) = received(&far).await;
        assert_eq!((contents, from), (b"up".to_vec(), path.far_address()));
        other.send_to(b"other", from).await.expect("sent");
        far.send_to(b"down", from).await.expect("sent");
        assert_eq!(received(&near).await.0, b"down");
    }
}
