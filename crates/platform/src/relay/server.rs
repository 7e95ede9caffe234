//! The state machine of the relay.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

use turn_types::channel::ChannelData;
use turn_types::stun::attribute::ErrorCode;
use turn_types::stun::message::{Message, MessageClass, MessageHeader};

use super::allocation::Allocation;
use super::auth::Auth;
use super::even_port::Reservations;
use super::message_stream::MessageStream;
use super::peers::{AllowedPeers, RelayPeers};
use super::reply::{channel_data, data_indication};
use super::{AllocationId, RelayOutput, RelayRequest, RelaySecret};
use crate::clock::Now;
use crate::limits::MAX_MEDIA_CONNECTIONS;
use crate::transport::{ClientAddr, ConnectionId};
use precall_netem::fault::Action;

/// The configuration that a relay is started with.
#[derive(Debug, Clone)]
pub struct RelayConfig {
    /// Where it listens. Relayed addresses are on the same IP address.
    pub listen: SocketAddr,
    /// The secret that its users' passwords are made with.
    pub secret: RelaySecret,
    /// The peers that clients may be relayed to.
    pub peers: RelayPeers,
}

/// A TURN server without sockets. Every input is followed by [`RelayServer::poll_output`] until that has nothing more.
#[derive(Debug)]
pub struct RelayServer {
    pub(super) auth: Auth,
    pub(super) peers: AllowedPeers,
    pub(super) allocations: HashMap<ClientAddr, Allocation>,
    pub(super) reservations: Reservations,
    owners: HashMap<AllocationId, ClientAddr>,
    next_allocation: u64,
    streams: HashMap<ConnectionId, (SocketAddr, MessageStream)>,
    pub(super) fault: Option<Action>,
    pub(super) outputs: VecDeque<RelayOutput>,
}

impl RelayServer {
    /// Returns a relay without clients.
    pub fn new(config: RelayConfig, now: Instant) -> Self {
        Self {
            auth: Auth::new(config.secret, now),
            peers: AllowedPeers::new(config.listen, config.peers),
            allocations: HashMap::new(),
            reservations: Reservations::default(),
            owners: HashMap::new(),
            next_allocation: 1,
            streams: HashMap::new(),
            fault: None,
            outputs: VecDeque::new(),
        }
    }

    /// Handles a request of the platform.
    pub fn handle_request(&mut self, request: RelayRequest) {
        match request {
            RelayRequest::Fault(action) => self.fault = Some(action),
        }
    }

    /// Handles a datagram of a client.
    pub fn handle_datagram(&mut self, now: Now, from: SocketAddr, contents: &[u8]) {
        self.handle_message(now, ClientAddr::Udp(from), contents);
    }

    /// Handles a new connection of a client. Where there are too many, the one that has been without an allocation for
    /// longest is closed.
    pub fn handle_connected(&mut self, now: Now, connection: ConnectionId, from: SocketAddr) {
        self.handle_timeout(now.instant);
        if self.streams.len() >= MAX_MEDIA_CONNECTIONS
            && let Some((oldest, _)) = self.idle_streams().min_by_key(|(connection, until)| (*until, *connection))
        {
            self.disconnect(oldest);
        }
        if self.streams.len() < MAX_MEDIA_CONNECTIONS {
            self.streams.insert(connection, (from, MessageStream::new(now.instant)));
        } else {
            self.outputs.push_back(RelayOutput::Disconnect(connection));
        }
    }

    /// Bytes came on a client's connection.
    pub fn handle_stream(&mut self, now: Now, connection: ConnectionId, bytes: &[u8]) {
        let Some((from, stream)) = self.streams.get_mut(&connection) else { return };
        let client = ClientAddr::Tcp(connection, *from);
        stream.push(bytes);
        loop {
            let Some((_, stream)) = self.streams.get_mut(&connection) else { return };
            match stream.next_message() {
                Ok(Some(message)) => self.handle_message(now, client, &message),
                Ok(None) => return,
                Err(_) => return self.disconnect(connection),
            }
        }
    }

    /// Handles the end of a client's connection, and ends its allocation.
    pub fn handle_disconnected(&mut self, now: Now, connection: ConnectionId) {
        if let Some((from, _)) = self.streams.remove(&connection) {
            self.remove(now.instant, ClientAddr::Tcp(connection, from));
        }
    }

    /// Handles a datagram that arrived at an allocation's socket.
    pub fn handle_peer(&mut self, now: Now, allocation: AllocationId, peer: SocketAddr, contents: &[u8]) {
        let Some(client) = self.owners.get(&allocation).copied() else { return };
        let Some(allocation) = self.allocations.get(&client) else { return };
        let now = now.instant;
        let is_peer = self.peers.allow(peer) && allocation.permits(now, peer.ip());
        if !self.relays() || allocation.expires_at <= now || !is_peer {
            return;
        }
        let contents = match allocation.channel_of(now, peer) {
            Some(number) => channel_data(client, number, contents),
            None => Some(data_indication(peer, contents)),
        };
        self.outputs.extend(contents.map(|contents| RelayOutput::ToClient { client, contents }));
    }

    /// Handles the result of a request for a socket: its address, or `None` when it could not be opened.
    pub fn handle_opened(&mut self, now: Now, allocation: AllocationId, relayed: Option<SocketAddr>) {
        let Some(client) = self.owners.get(&allocation).copied() else { return };
        let Some(allocation) = self.allocations.get_mut(&client) else { return };
        allocation.relayed = relayed;
        relayed.into_iter().for_each(|relayed| self.peers.add_relayed(relayed));
        let contents = match relayed {
            Some(relayed) => self.allocated(client, relayed),
            None => self.refused(client, ErrorCode::INSUFFICIENT_CAPACITY),
        };
        self.outputs.extend(contents.map(|contents| RelayOutput::ToClient { client, contents }));
        if relayed.is_none() {
            self.remove(now.instant, client);
        }
    }

    /// Returns the time of the next timeout.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let allocations = self.allocations.values().map(|allocation| allocation.expires_at);
        let idle_streams = self.idle_streams().map(|(_, until)| until);
        allocations.chain(idle_streams).chain(self.reservations.poll_timeout()).min()
    }

    /// Ends what has not been refreshed in time.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_none_or(|at| at > now) {
            return;
        }
        let ended = self.allocations.iter().filter(|(_, allocation)| allocation.expires_at <= now);
        for client in ended.map(|(client, _)| *client).collect::<Vec<_>>() {
            self.remove(now, client);
        }
        self.outputs.extend(self.reservations.expire(now).into_iter().map(RelayOutput::Release));
        let idle = self.idle_streams().filter(|(_, until)| *until <= now);
        for connection in idle.map(|(connection, _)| connection).collect::<Vec<_>>() {
            self.disconnect(connection);
        }
    }

    /// Returns the next output.
    pub fn poll_output(&mut self) -> Option<RelayOutput> {
        self.outputs.pop_front()
    }

    /// Returns the number of a new allocation, which belongs to this client.
    pub(super) fn number(&mut self, client: ClientAddr) -> AllocationId {
        let id = AllocationId(self.next_allocation);
        self.next_allocation += 1;
        self.owners.insert(id, client);
        id
    }

    /// Ends a client's allocation, if it has one.
    pub(super) fn remove(&mut self, now: Instant, client: ClientAddr) {
        if !self.close_allocation(client) {
            return;
        }
        if let ClientAddr::Tcp(connection, _) = client
            && let Some((_, stream)) = self.streams.get_mut(&connection)
        {
            stream.begin_idle(now);
        }
    }

    fn close_allocation(&mut self, client: ClientAddr) -> bool {
        let Some(allocation) = self.allocations.remove(&client) else { return false };
        self.owners.remove(&allocation.id);
        allocation.relayed.into_iter().for_each(|relayed| self.peers.remove_relayed(relayed));
        self.outputs.push_back(RelayOutput::Close(allocation.id));
        true
    }

    /// Returns whether packets are relayed now.
    pub(super) fn relays(&self) -> bool {
        !matches!(self.fault, Some(Action::Block | Action::Hang))
    }

    fn handle_message(&mut self, now: Now, client: ClientAddr, contents: &[u8]) {
        self.handle_timeout(now.instant);
        if self.fault == Some(Action::Hang) {
            return;
        }
        match contents.first().map(|first| first >> 6) {
            Some(0) => self.handle_stun(now, client, contents),
            Some(1) => self.handle_channel(now, client, contents),
            _ => {}
        }
    }

    fn handle_stun(&mut self, now: Now, client: ClientAddr, contents: &[u8]) {
        // Bytes behind the end of the message would be parsed as a part of it.
        let is_whole = MessageHeader::from_bytes(contents)
            .is_ok_and(|header| usize::from(header.data_length()) + MessageHeader::LENGTH == contents.len());
        let Some(message) = is_whole.then(|| Message::from_bytes(contents).ok()).flatten() else { return };
        match message.class() {
            MessageClass::Request => {
                if let Some(contents) = self.answer(now, client, &message) {
                    self.outputs.push_back(RelayOutput::ToClient { client, contents });
                }
            }
            MessageClass::Indication => self.handle_indication(now, client, &message),
            // The relay sends no requests.
            MessageClass::Success | MessageClass::Error => {}
        }
    }

    fn handle_channel(&mut self, now: Now, client: ClientAddr, contents: &[u8]) {
        let Ok(channel) = ChannelData::parse(contents) else { return };
        if let Some(allocation) = self.allocations.get(&client)
            && let Some(peer) = allocation.peer_of(now.instant, channel.id())
            && self.peers.allow(peer)
            && self.relays()
        {
            let (allocation, contents) = (allocation.id, channel.data().to_vec());
            self.outputs.push_back(RelayOutput::ToPeer { allocation, peer, contents });
        }
    }

    fn disconnect(&mut self, connection: ConnectionId) {
        if let Some((from, _)) = self.streams.remove(&connection) {
            self.close_allocation(ClientAddr::Tcp(connection, from));
            self.outputs.push_back(RelayOutput::Disconnect(connection));
        }
    }

    /// Connections without an allocation, and until when they may be.
    fn idle_streams(&self) -> impl Iterator<Item = (ConnectionId, Instant)> {
        let has_none = |connection, from| !self.allocations.contains_key(&ClientAddr::Tcp(connection, from));
        let streams = self.streams.iter().filter(move |(connection, (from, _))| has_none(**connection, *from));
        streams.map(|(connection, (_, stream))| (*connection, stream.idle_until()))
    }
}

#[cfg(test)]
mod tests;
