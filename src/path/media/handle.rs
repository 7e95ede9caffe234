//! The UDP path of one case: a socket that the browser sends media to, a link each way, and the media router behind
//! them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

use socket2::SockRef;
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::capture::{Side, Tap};
use super::timer::Timer;
use super::udp_wall::UdpWall;
use crate::network::{Direction, Link, NetworkConfig, Packet, PathCounters};
use crate::platform::MediaPort;
use crate::platform::media::{MediaEvent, MediaRequest, Router, RouterOutput};

/// The most bytes of a UDP datagram on a path with Ethernet's MTU, with room to spare.
const MAX_DATAGRAM_BYTES: usize = 2048;

/// How many datagrams are read before others have their turn.
const MAX_BURST: usize = 64;

/// How many peers get time before packets have their turn.
const MAX_TIMEOUTS: usize = 8;

/// What waits in the kernel until it is read: a tenth of a second of 100 Mbit/s, with the kernel's own share of it.
const RECEIVE_BUFFER_BYTES: usize = 4 << 20;

/// Why a path could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("could not open a UDP socket on the loopback interface: {0}; check that the host allows it (`precall doctor`)")]
pub struct MediaPathError(#[from] std::io::Error);

/// Where a path is, and what is on it.
#[derive(Debug)]
pub struct MediaPathOptions {
    /// The address of this host that it is on.
    pub host: IpAddr,
    /// Lets in only what a relay behind it sends on.
    pub wall: Option<UdpWall>,
    /// Takes all packets down, on both sides of the links.
    pub tap: Option<Tap>,
}

/// A running UDP path. Dropped, it ends.
#[derive(Debug)]
pub struct MediaPath {
    address: SocketAddr,
    asks: mpsc::UnboundedSender<Ask>,
    task: JoinHandle<()>,
}

impl MediaPath {
    /// Opens a path with this network in it. The same seed and the same packets are treated the same.
    ///
    /// # Errors
    ///
    /// When no UDP socket can be had on the loopback interface.
    pub async fn open(network: &NetworkConfig, seed: u64) -> Result<(Self, MediaPort), MediaPathError> {
        Self::open_on(Ipv4Addr::LOCALHOST.into(), network, seed).await
    }

    /// As [`MediaPath::open`], on another address of this host: not every browser offers loopback candidates.
    ///
    /// # Errors
    ///
    /// When no UDP socket can be had on that address.
    pub async fn open_on(
        host: IpAddr,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<(Self, MediaPort), MediaPathError> {
        Self::open_with(MediaPathOptions { host, wall: None, tap: None }, network, seed).await
    }

    /// As [`MediaPath::open`], with more to say about it.
    ///
    /// # Errors
    ///
    /// When no UDP socket can be had on that address.
    pub async fn open_with(
        options: MediaPathOptions,
        network: &NetworkConfig,
        seed: u64,
    ) -> Result<(Self, MediaPort), MediaPathError> {
        let socket = UdpSocket::bind((options.host, 0)).await?;
        // As much as the kernel gives: what comes while precall is kept waiting must not look like loss of the network.
        let _ = SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER_BYTES);
        let address = socket.local_addr()?;
        let (request_sender, requests) = mpsc::unbounded_channel();
        let (events, event_receiver) = mpsc::unbounded_channel();
        let (asks, ask_receiver) = mpsc::unbounded_channel();
        let worker = Worker {
            socket,
            up: network.link(Direction::Up, seed),
            down: network.link(Direction::Down, seed),
            router: Router::new(address),
            events,
            own: address,
            wall: options.wall,
            tap: options.tap,
        };
        let task = tokio::spawn(worker.run(requests, ask_receiver));
        let port = MediaPort { requests: request_sender, events: event_receiver };
        Ok((Self { address, asks, task }, port))
    }

    /// Where the browser sends its media.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins the network's timeline: steps, outages and traces count from now, or else from the first packet.
    pub fn begin(&self) {
        // As in `counters`: a path that broke shows elsewhere.
        let _ = self.asks.send(Ask::Begin(Instant::now()));
    }

    /// What the links have done so far.
    pub async fn counters(&self) -> PathCounters {
        let (reply, answer) = oneshot::channel();
        // A path that broke has counted nothing more; its case ends with the missing media.
        let _ = self.asks.send(Ask::Counters(reply));
        answer.await.unwrap_or_default()
    }

    /// How many publishers and subscribers its router has.
    pub async fn peer_counts(&self) -> (usize, usize) {
        let (reply, answer) = oneshot::channel();
        // As in `counters`.
        let _ = self.asks.send(Ask::PeerCounts(reply));
        answer.await.unwrap_or_default()
    }
}

impl Drop for MediaPath {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a path is asked while it runs.
enum Ask {
    Begin(Instant),
    Counters(oneshot::Sender<PathCounters>),
    PeerCounts(oneshot::Sender<(usize, usize)>),
}

/// A datagram with its other end.
#[derive(Clone)]
struct Datagram {
    peer: SocketAddr,
    contents: Vec<u8>,
}

impl Packet for Datagram {
    fn size_bytes(&self) -> usize {
        self.contents.len()
    }
}

struct Worker {
    socket: UdpSocket,
    up: Link<Datagram>,
    down: Link<Datagram>,
    router: Router,
    events: mpsc::UnboundedSender<MediaEvent>,
    own: SocketAddr,
    wall: Option<UdpWall>,
    tap: Option<Tap>,
}

impl Worker {
    async fn run(
        mut self,
        mut requests: mpsc::UnboundedReceiver<MediaRequest>,
        mut asks: mpsc::UnboundedReceiver<Ask>,
    ) {
        let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
        let mut timer = Timer::new();
        loop {
            let next = [self.up.next_departure(), self.down.next_departure(), self.router.poll_timeout()];
            let next = next.into_iter().flatten().min();
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => self.router.handle_request(Instant::now(), request),
                    None => return,
                },
                ask = asks.recv() => match ask {
                    Some(Ask::Begin(now)) => {
                        self.up.begin(now);
                        self.down.begin(now);
                    }
                    // Whoever asked may have stopped waiting.
                    Some(Ask::Counters(reply)) => {
                        let _ = reply.send(PathCounters { up: self.up.counters(), down: self.down.counters() });
                    }
                    Some(Ask::PeerCounts(reply)) => {
                        let _ = reply.send(self.router.peer_counts());
                    }
                    None => return,
                },
                ready = self.socket.readable() => match ready {
                    Ok(()) => self.read(&mut buffer),
                    Err(error) => tracing::warn!(%error, "the media path's socket broke"),
                },
                () = timer.wait(next) => {}
            }
            self.advance(Instant::now());
        }
    }

    fn see(&self, side: Side, direction: Direction, now: Instant, peer: SocketAddr, contents: &[u8]) {
        let Some(tap) = &self.tap else { return };
        let (from, to) = match direction {
            Direction::Up => (peer, self.own),
            Direction::Down => (self.own, peer),
        };
        tap.see(side, now, from, to, contents);
    }

    /// Puts what came into the link up.
    fn read(&mut self, buffer: &mut [u8]) {
        for _ in 0..MAX_BURST {
            // An ICMP error for an earlier datagram shows up here as well: the browser closed a socket, nothing more.
            let Ok((length, peer)) = self.socket.try_recv_from(buffer) else { return };
            if self.wall.as_ref().is_some_and(|wall| !wall.lets_in(peer)) {
                continue;
            }
            let now = Instant::now();
            self.see(Side::Browser, Direction::Up, now, peer, &buffer[..length]);
            self.up.send(now, Datagram { peer, contents: buffer[..length].to_vec() });
        }
    }

    /// Moves everything that is due: through the link up, the router, and the link down.
    fn advance(&mut self, now: Instant) {
        // Packet by packet, so that none waits for the router to be done with those behind it.
        while let Some(Datagram { peer, contents }) = self.up.receive(now) {
            self.see(Side::Platform, Direction::Up, now, peer, &contents);
            self.router.handle_datagram(now, peer, &contents);
            self.flush(now);
        }
        for _ in 0..MAX_TIMEOUTS {
            if self.router.poll_timeout().is_none_or(|at| at > now) {
                break;
            }
            self.router.handle_first_timeout(now);
            self.flush(now);
        }
        self.flush(now);
    }

    /// Sends what the router wants sent and the link down lets out.
    fn flush(&mut self, now: Instant) {
        while let Some(output) = self.router.poll_output() {
            match output {
                RouterOutput::Transmit { destination, contents } => {
                    self.see(Side::Platform, Direction::Down, now, destination, &contents);
                    self.down.send(now, Datagram { peer: destination, contents });
                }
                // The platform ends before its path does; what is said after that concerns nobody.
                RouterOutput::Event(event) => drop(self.events.send(event)),
            }
        }
        while let Some(Datagram { peer, contents }) = self.down.receive(now) {
            self.see(Side::Browser, Direction::Down, now, peer, &contents);
            // A full socket buffer or a browser that is gone loses packets, as networks do.
            let _ = self.socket.try_send_to(&contents, peer);
        }
    }
}
