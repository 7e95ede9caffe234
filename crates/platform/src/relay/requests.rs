//! The requests of clients to the relay (RFC 8656, sections 7 to 12).

use std::time::Duration;

use turn_types::AddressFamily;
use turn_types::attribute::{
    ChannelNumber, Data, EvenPort, Lifetime, RequestedAddressFamily, RequestedTransport, ReservationToken,
    XorPeerAddress, XorRelayedAddress,
};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};
use turn_types::stun::attribute::{
    AttributeType, ErrorCode, MessageIntegrity, MessageIntegritySha256, Nonce, PasswordAlgorithm, Realm,
    UnknownAttributes, Userhash, Username, XorMappedAddress,
};
use turn_types::stun::message::{BINDING, Message};
use turn_types::stun::prelude::{Attribute, AttributeFromRaw, AttributeStaticType};

use super::allocation::{Allocation, BindError};
use super::auth::User;
use super::reply::Reply;
use super::server::RelayServer;
use super::{RelayOutput, RelayedPort};
use crate::clock::Now;
use crate::limits::{MAX_ADDRESS_ALLOCATIONS, MAX_ALLOCATIONS, MAX_AMPLIFICATION, MAX_USER_ALLOCATIONS};
use crate::transport::ClientAddr;
use precall_netem::fault::Action;

/// The lifetime of an allocation when its client requests none, and the shortest that is granted (RFC 8656, section
/// 7.2).
const DEFAULT_LIFETIME: Duration = Duration::from_secs(600);

/// The most that an allocation is given at a time.
const MAX_LIFETIME: Duration = Duration::from_secs(3600);

/// The comprehension-required attributes that are understood. DONT-FRAGMENT is not among them: no socket of the relay
/// supports it.
const UNDERSTOOD: [AttributeType; 15] = [
    Username::TYPE,
    Realm::TYPE,
    Nonce::TYPE,
    MessageIntegrity::TYPE,
    MessageIntegritySha256::TYPE,
    PasswordAlgorithm::TYPE,
    Userhash::TYPE,
    Lifetime::TYPE,
    RequestedTransport::TYPE,
    RequestedAddressFamily::TYPE,
    EvenPort::TYPE,
    ReservationToken::TYPE,
    XorPeerAddress::TYPE,
    ChannelNumber::TYPE,
    Data::TYPE,
];

/// An answer, or the code of a refusal; no answer yet when a socket has to be opened first.
type RequestResult = Result<Option<Reply>, u16>;

impl RelayServer {
    /// Returns the answer to a request, if there is one already.
    pub(super) fn answer(&mut self, now: Now, client: ClientAddr, request: &Message<'_>) -> Option<Vec<u8>> {
        let (method, transaction) = (request.method(), request.transaction_id());
        if method == BINDING {
            let mapped = XorMappedAddress::new(client.address(), transaction);
            let reply = Reply::success(method, transaction).with(&mapped).unsigned();
            return within_amplification(client, request, reply);
        }
        let user = match self.auth.user(now, client, request) {
            Ok(user) => user,
            Err(refusal) => return within_amplification(client, request, refusal),
        };
        let unknown = unknown_attributes(request);
        if !unknown.is_empty() {
            let reply = Reply::error(method, transaction, ErrorCode::UNKNOWN_ATTRIBUTE);
            return Some(reply.with(&UnknownAttributes::new(&unknown)).signed(&user.key));
        }
        let answer = match method {
            ALLOCATE => self.allocate(now, client, request, &user),
            REFRESH => self.refresh(now, client, request, &user),
            CREATE_PERMISSION => self.create_permission(now, client, request, &user),
            CHANNEL_BIND => self.channel_bind(now, client, request, &user),
            _ => Err(ErrorCode::BAD_REQUEST),
        };
        match answer {
            Ok(reply) => reply.map(|reply| reply.signed(&user.key)),
            Err(code) => Some(Reply::error(method, transaction, code).signed(&user.key)),
        }
    }

    fn allocate(&mut self, now: Now, client: ClientAddr, request: &Message<'_>, user: &User) -> RequestResult {
        if let Some(allocation) = self.allocations.get(&client) {
            // A client over UDP repeats its request when it has received no answer.
            if allocation.transaction != request.transaction_id() || allocation.username != user.username {
                return Err(ErrorCode::ALLOCATION_MISMATCH);
            }
            return Ok(allocation.relayed.map(|relayed| success(allocation, client, relayed)));
        }
        if let Some(Action::Status(code)) = self.fault {
            return Err(code);
        }
        let transport = request.attribute::<RequestedTransport>().map_err(|_| ErrorCode::BAD_REQUEST)?;
        if transport.protocol() != RequestedTransport::UDP {
            return Err(ErrorCode::UNSUPPORTED_TRANSPORT_PROTOCOL);
        }
        if let Some(family) = request.raw_attribute(RequestedAddressFamily::TYPE) {
            let family =
                RequestedAddressFamily::from_raw(family).map_err(|_| ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED)?;
            if (family.family() == AddressFamily::IPV4) != self.peers.is_ipv4() {
                return Err(ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED);
            }
        }
        // A port that is kept is a socket as well.
        if self.allocations.len() + self.reservations.len() >= MAX_ALLOCATIONS {
            return Err(ErrorCode::INSUFFICIENT_CAPACITY);
        }
        if self.is_over_quota(client, &user.username) {
            return Err(ErrorCode::ALLOCATION_QUOTA_REACHED);
        }
        let port = self.reservations.take(request)?;
        let id = self.number(client);
        // An allocation of no time at all would be none.
        let lifetime = lifetime(request).unwrap_or(DEFAULT_LIFETIME);
        let (username, key) = (user.username.clone(), user.key.clone());
        let mut allocation = Allocation::new(id, username, key, request.transaction_id(), lifetime, now.instant);
        allocation.token = (port == RelayedPort::EvenAndNext).then(|| self.reservations.keep(now.instant, id));
        self.allocations.insert(client, allocation);
        self.outputs.push_back(RelayOutput::Open { allocation: id, port });
        Ok(None)
    }

    /// Returns whether a user, or the address of a client, has as many allocations as either may.
    fn is_over_quota(&self, client: ClientAddr, username: &str) -> bool {
        let name = name_of(username);
        let of_user = self.allocations.values().filter(|other| name_of(&other.username) == name).count();
        let ip = client.address().ip();
        let of_address = self.allocations.keys().filter(|other| other.address().ip() == ip).count();
        of_user >= MAX_USER_ALLOCATIONS || !ip.is_loopback() && of_address >= MAX_ADDRESS_ALLOCATIONS
    }

    /// Returns the answer to the request that made a client's allocation.
    pub(super) fn allocated(&self, client: ClientAddr, relayed: std::net::SocketAddr) -> Option<Vec<u8>> {
        let allocation = self.allocations.get(&client)?;
        Some(success(allocation, client, relayed).signed(&allocation.key))
    }

    /// Returns the refusal of the request that made a client's allocation.
    pub(super) fn refused(&self, client: ClientAddr, code: u16) -> Option<Vec<u8>> {
        let allocation = self.allocations.get(&client)?;
        Some(Reply::error(ALLOCATE, allocation.transaction, code).signed(&allocation.key))
    }

    fn refresh(&mut self, now: Now, client: ClientAddr, request: &Message<'_>, user: &User) -> RequestResult {
        let allocation = self.allocation(client, user)?;
        let lifetime = lifetime(request);
        match lifetime {
            Some(lifetime) => allocation.refresh(now.instant, lifetime),
            None => self.remove(now.instant, client),
        }
        let seconds = lifetime.map_or(0, seconds);
        Ok(Some(Reply::success(REFRESH, request.transaction_id()).with(&Lifetime::new(seconds))))
    }

    fn create_permission(&mut self, now: Now, client: ClientAddr, request: &Message<'_>, user: &User) -> RequestResult {
        let mut ips = Vec::new();
        for (_, attribute) in request.iter_attributes().filter(|(_, other)| other.get_type() == XorPeerAddress::TYPE) {
            let peer = XorPeerAddress::from_raw(attribute).map_err(|_| ErrorCode::BAD_REQUEST)?;
            let peer = peer.addr(request.transaction_id());
            if !self.peers.is_of_family(peer) {
                return Err(ErrorCode::PEER_ADDRESS_FAMILY_MISMATCH);
            }
            if !self.peers.allow_ip(peer.ip()) {
                return Err(ErrorCode::FORBIDDEN);
            }
            ips.push(peer.ip());
        }
        if ips.is_empty() {
            return Err(ErrorCode::BAD_REQUEST);
        }
        let allocation = self.allocation(client, user)?;
        if !ips.into_iter().all(|ip| allocation.permit(now.instant, ip)) {
            return Err(ErrorCode::INSUFFICIENT_CAPACITY);
        }
        Ok(Some(Reply::success(CREATE_PERMISSION, request.transaction_id())))
    }

    fn channel_bind(&mut self, now: Now, client: ClientAddr, request: &Message<'_>, user: &User) -> RequestResult {
        let number = request.attribute::<ChannelNumber>().map_err(|_| ErrorCode::BAD_REQUEST)?.channel();
        let peer = request.attribute::<XorPeerAddress>().map_err(|_| ErrorCode::BAD_REQUEST)?;
        let peer = peer.addr(request.transaction_id());
        if !self.peers.is_of_family(peer) {
            return Err(ErrorCode::PEER_ADDRESS_FAMILY_MISMATCH);
        }
        if !self.peers.allow(peer) {
            return Err(ErrorCode::FORBIDDEN);
        }
        // RFC 8656, section 12, reserves 0x5000 and up. Clients of RFC 5766, such as coturn's, use numbers up to
        // 0x7ffe, and no other message begins with one of these.
        if !(0x4000..=0x7ffe).contains(&number) {
            return Err(ErrorCode::BAD_REQUEST);
        }
        let allocation = self.allocation(client, user)?;
        allocation.bind(now.instant, number, peer).map_err(|error| match error {
            BindError::Taken => ErrorCode::BAD_REQUEST,
            BindError::Full => ErrorCode::INSUFFICIENT_CAPACITY,
        })?;
        Ok(Some(Reply::success(CHANNEL_BIND, request.transaction_id())))
    }

    /// Relays a Send indication to its peer, and ignores all others, as indications are never answered.
    pub(super) fn handle_indication(&mut self, now: Now, client: ClientAddr, indication: &Message<'_>) {
        if !indication.has_method(SEND) || !self.relays() || !unknown_attributes(indication).is_empty() {
            return;
        }
        let (Ok(peer), Ok(data)) = (indication.attribute::<XorPeerAddress>(), indication.attribute::<Data>()) else {
            return;
        };
        let peer = peer.addr(indication.transaction_id());
        let Some(allocation) = self.allocations.get(&client).filter(|allocation| allocation.relayed.is_some()) else {
            return;
        };
        if self.peers.allow(peer) && allocation.permits(now.instant, peer.ip()) {
            let contents = data.data().to_vec();
            self.outputs.push_back(RelayOutput::ToPeer { allocation: allocation.id, peer, contents });
        }
    }

    /// Returns the client's allocation, if it is this user's.
    fn allocation(&mut self, client: ClientAddr, user: &User) -> Result<&mut Allocation, u16> {
        let allocation = self.allocations.get_mut(&client).filter(|allocation| allocation.relayed.is_some());
        let allocation = allocation.ok_or(ErrorCode::ALLOCATION_MISMATCH)?;
        if allocation.username == user.username { Ok(allocation) } else { Err(ErrorCode::WRONG_CREDENTIALS) }
    }
}

/// Returns an answer to a client whose address is not verified; `None` if it is too long. Over UDP a sender can forge
/// its source address, and have the answer sent there.
fn within_amplification(client: ClientAddr, request: &Message<'_>, reply: Vec<u8>) -> Option<Vec<u8>> {
    let is_within = reply.len() <= MAX_AMPLIFICATION * request.as_bytes().len();
    (is_within || matches!(client, ClientAddr::Tcp(..))).then_some(reply)
}

/// Returns a user name without its expiry.
fn name_of(username: &str) -> &str {
    username.split_once(':').map_or(username, |(_, name)| name)
}

/// Returns the answer to the request that made an allocation.
fn success(allocation: &Allocation, client: ClientAddr, relayed: std::net::SocketAddr) -> Reply {
    let transaction = allocation.transaction;
    let reply = Reply::success(ALLOCATE, transaction)
        .with(&XorRelayedAddress::new(relayed, transaction))
        .with(&Lifetime::new(seconds(allocation.lifetime)))
        .with(&XorMappedAddress::new(client.address(), transaction));
    match allocation.token {
        Some(token) => reply.with(&ReservationToken::new(token)),
        None => reply,
    }
}

/// Returns the lifetime that a request is granted; `None` when it asks to end the allocation.
fn lifetime(request: &Message<'_>) -> Option<Duration> {
    match request.attribute::<Lifetime>() {
        Ok(lifetime) if lifetime.seconds() == 0 => None,
        Ok(lifetime) => Some(Duration::from_secs(lifetime.seconds().into()).clamp(DEFAULT_LIFETIME, MAX_LIFETIME)),
        Err(_) => Some(DEFAULT_LIFETIME),
    }
}

fn seconds(lifetime: Duration) -> u32 {
    u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX)
}

/// Returns the comprehension-required attributes that are not understood.
fn unknown_attributes(message: &Message<'_>) -> Vec<AttributeType> {
    let kinds = message.iter_attributes().map(|(_, attribute)| attribute.get_type());
    kinds.filter(|kind| kind.comprehension_required() && !UNDERSTOOD.contains(kind)).collect()
}
