//! The task that moves packets between the sockets, the links and the router.

use std::future::poll_fn;
use std::io;
use std::task::Poll;
use std::time::Instant;

use futures::FutureExt;
use futures::future::select_all;
use tokio::sync::{mpsc, oneshot};

use super::access::AccessPath;
use super::tcp_clients::{TcpClients, TcpEvent};
use crate::media::{AccessId, MediaEvent, MediaRequest, PeerAddr, Router, RouterOutput, unframed};
use crate::transport::access_link::{AccessCounters, ClientPacket};
use crate::transport::capture::CapturePoint;
use crate::transport::client_addr::ClientAddr;
use crate::transport::datagrams::Datagrams;
use crate::transport::timer::Timer;
use precall_netem::{Direction, NetworkConfig};

/// How many peers get time before packets have their turn.
const MAX_TIMEOUTS: usize = 8;

/// A request to a running media endpoint.
pub(super) enum MediaControl {
    /// Adds an access point, and replies with its number.
    Open(Box<AccessSockets>, oneshot::Sender<AccessId>),
    /// Begins the timeline of the network of an access point.
    Begin(AccessId, Instant),
    /// Changes the links of datagrams of an access point.
    Change(AccessId, Box<NetworkConfig>),
    Counters(AccessId, oneshot::Sender<AccessCounters>),
    PeerCounts(oneshot::Sender<(usize, usize)>),
}

/// The sockets of an access point, and what is behind them.
pub(super) struct AccessSockets {
    pub path: AccessPath,
    pub socket: Datagrams,
    pub streams: Option<TcpClients>,
}

/// The task's state. The three lists have an entry for each access point, by its number.
pub(super) struct MediaTask {
    paths: Vec<AccessPath>,
    sockets: Vec<Datagrams>,
    streams: Vec<Option<TcpClients>>,
    router: Router,
    events: mpsc::UnboundedSender<MediaEvent>,
    /// The time that the router was given last. It must not go back.
    router_time: Instant,
}

impl MediaTask {
    /// Returns the task of a router with one access point.
    pub(super) fn new(first: AccessSockets, events: mpsc::UnboundedSender<MediaEvent>) -> Self {
        let AccessSockets { path, socket, streams } = first;
        Self {
            router: Router::new(path.addresses),
            paths: vec![path],
            sockets: vec![socket],
            streams: vec![streams],
            events,
            router_time: Instant::now(),
        }
    }

    pub(super) async fn run(
        mut self,
        mut requests: mpsc::Receiver<MediaRequest>,
        mut controls: mpsc::UnboundedReceiver<MediaControl>,
    ) {
        let mut timer = Timer::new();
        loop {
            let now = Instant::now();
            let of_links = self.paths.iter().filter_map(|path| path.link.poll_timeout(now)).min();
            let of_streams = self.streams.iter().flatten().filter_map(TcpClients::poll_timeout).min();
            let next = [of_links, self.router.poll_timeout(), of_streams].into_iter().flatten().min();
            let paths = &self.paths;
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => {
                        let now = self.router_time(Instant::now());
                        self.router.handle_request(now, request);
                    }
                    None => return,
                },
                control = controls.recv() => match control {
                    Some(control) => self.control(control),
                    None => return,
                },
                (index, ready) = readable(&self.sockets) => match ready {
                    Ok(()) => self.paths[index].read(&mut self.sockets[index]),
                    Err(error) => tracing::warn!(%error, "a socket of the media endpoint failed"),
                },
                (index, event) = next_stream_event(&mut self.streams, |index| !paths[index].link.is_full()) => {
                    self.on_stream(Instant::now(), index, event);
                }
                () = timer.wait(next) => {}
            }
            self.advance(Instant::now());
        }
    }

    fn control(&mut self, control: MediaControl) {
        match control {
            MediaControl::Open(access, reply) => {
                let AccessSockets { mut path, socket, streams } = *access;
                let id = self.router.add_access_point(path.addresses);
                path.addresses.access = id;
                self.paths.push(path);
                self.sockets.push(socket);
                self.streams.push(streams);
                // The receivers may have stopped waiting.
                let _ = reply.send(id);
            }
            MediaControl::Begin(access, now) => self.with_path(access, |path| path.link.begin(now)).unwrap_or_default(),
            MediaControl::Change(access, network) => {
                self.with_path(access, |path| path.link.change(Instant::now(), &network)).unwrap_or_default();
            }
            MediaControl::Counters(access, reply) => {
                let counters = self.with_path(access, |path| path.link.counters());
                let _ = reply.send(counters.unwrap_or_default());
            }
            MediaControl::PeerCounts(reply) => {
                let _ = reply.send(self.router.peer_counts());
            }
        }
    }

    /// Applies `act` to the path of an access point; `None` for an unknown number.
    fn with_path<T>(&mut self, access: AccessId, act: impl FnOnce(&mut AccessPath) -> T) -> Option<T> {
        self.paths.get_mut(access.0 as usize).map(act)
    }

    fn on_stream(&mut self, now: Instant, index: usize, event: TcpEvent) {
        let path = &mut self.paths[index];
        match event {
            TcpEvent::Accepted(id) => path.link.handle_connect(now, id),
            TcpEvent::Received(packets) => packets.into_iter().for_each(|packet| path.enter(now, packet)),
            TcpEvent::Ended(id) => path.link.handle_disconnect(id),
        }
    }

    /// Returns the time to pass to the router for an event at `at`.
    fn router_time(&mut self, at: Instant) -> Instant {
        self.router_time = self.router_time.max(at);
        self.router_time
    }

    /// Moves everything that is due: through the uplinks, the router, and the downlinks.
    fn advance(&mut self, now: Instant) {
        // Packet by packet, so that none waits for the router to be done with those behind it. The router sees each at
        // the moment at which it left the link: a host that is late would look like a queue to congestion control.
        while let Some((index, at, packet)) = self.next_arrival(now) {
            let at = self.router_time(at);
            self.paths[index].see(CapturePoint::Platform, Direction::Up, at, &packet);
            self.arrive(at, index, &packet);
            self.flush(at);
        }
        self.router_time(now);
        for _ in 0..MAX_TIMEOUTS {
            if self.router.poll_timeout().is_none_or(|at| at > now) {
                break;
            }
            self.router.handle_first_timeout(now);
            self.flush(now);
        }
        for streams in self.streams.iter_mut().flatten() {
            streams.handle_timeout(now);
        }
        self.flush(now);
    }

    /// Returns the next packet that has arrived from a client of any access point: its index, the time and the packet.
    /// The packets of all of them are in the order of their times, within the few milliseconds that a host is late.
    fn next_arrival(&mut self, now: Instant) -> Option<(usize, Instant, ClientPacket)> {
        let first = match self.paths.len() {
            1 => 0,
            _ => {
                let dues = self.paths.iter().enumerate();
                let dues = dues.filter_map(|(index, path)| path.link.next_arrival(now).map(|at| (at, index)));
                dues.min().map_or(0, |(_, index)| index)
            }
        };
        let count = self.paths.len();
        (0..count)
            .map(|offset| (first + offset) % count)
            .find_map(|index| self.paths[index].poll_uplink(now).map(|(at, packet)| (index, at, packet)))
    }

    /// Passes a packet that has arrived by an access point to the router.
    fn arrive(&mut self, now: Instant, index: usize, packet: &ClientPacket) {
        let access = self.paths[index].addresses.access;
        match packet.client {
            ClientAddr::Udp(from) => {
                self.router.handle_datagram_at(now, access, PeerAddr::Udp(from), &packet.contents);
            }
            ClientAddr::Tcp(connection, from) => {
                let contents = unframed(&packet.contents);
                let is_known = self.router.handle_datagram_at(now, access, PeerAddr::Tcp(from), contents);
                if let Some(streams) = self.streams[index].as_mut().filter(|_| is_known) {
                    streams.note_use(now, connection);
                }
            }
        }
    }

    /// Passes the outputs of the router on, and sends the packets that have left the downlinks.
    fn flush(&mut self, now: Instant) {
        while let Some(output) = self.router.poll_output() {
            match output {
                RouterOutput::Transmit { access, destination, contents } => {
                    let index = access.0 as usize;
                    if let Some(path) = self.paths.get_mut(index) {
                        path.leave(now, destination, contents, self.streams[index].as_ref());
                    }
                }
                // The platform ends before its media endpoint; later events have no receiver.
                RouterOutput::Event(event) => drop(self.events.send(event)),
            }
        }
        for ((path, socket), streams) in self.paths.iter_mut().zip(&self.sockets).zip(&mut self.streams) {
            path.deliver(now, socket, streams.as_mut());
        }
    }
}

/// Waits until a socket has something to read, and returns its index.
async fn readable(sockets: &[Datagrams]) -> (usize, io::Result<()>) {
    poll_fn(|context| {
        let mut all = sockets.iter().enumerate();
        all.find_map(|(index, socket)| match socket.poll_readable(context) {
            Poll::Ready(ready) => Some(Poll::Ready((index, ready))),
            Poll::Pending => None,
        })
        .unwrap_or(Poll::Pending)
    })
    .await
}

/// Waits for the next event of a TCP connection, and returns the index of its access point. Nothing is read where
/// `reads` says no. Can be dropped and called again.
async fn next_stream_event(streams: &mut [Option<TcpClients>], reads: impl Fn(usize) -> bool) -> (usize, TcpEvent) {
    let open = streams.iter_mut().enumerate().filter_map(|(index, streams)| Some((index, streams.as_mut()?)));
    let next = open.map(|(index, streams)| {
        let reads = reads(index);
        async move { (index, streams.next(reads).await) }.boxed()
    });
    let next: Vec<_> = next.collect();
    if next.is_empty() {
        return std::future::pending().await;
    }
    select_all(next).await.0
}
