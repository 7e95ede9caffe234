//! The payload of a message between a client and the relay, for packet captures.

use std::net::SocketAddr;
use std::time::Instant;

use turn_types::attribute::{Data, XorPeerAddress};
use turn_types::channel::ChannelData;
use turn_types::message::{DATA, SEND};
use turn_types::stun::message::{Message, MessageClass};

use super::server::RelayServer;
use crate::transport::ClientAddr;

impl RelayServer {
    /// Returns the datagram inside a message, and the peer that it comes from or goes to. Returns `None` for messages
    /// without a payload, and for channels that are not bound.
    pub fn carried(&self, now: Instant, client: ClientAddr, message: &[u8]) -> Option<(SocketAddr, Vec<u8>)> {
        match message.first()? >> 6 {
            0 => {
                let message = Message::from_bytes(message).ok()?;
                let is_data = message.class() == MessageClass::Indication && [SEND, DATA].contains(&message.method());
                let data = is_data.then(|| message.attribute::<Data>().ok()).flatten()?;
                let peer = message.attribute::<XorPeerAddress>().ok()?.addr(message.transaction_id());
                Some((peer, data.data().to_vec()))
            }
            1 => {
                let channel = ChannelData::parse(message).ok()?;
                let peer = self.allocations.get(&client)?.peer_of(now, channel.id())?;
                Some((peer, channel.data().to_vec()))
            }
            _ => None,
        }
    }
}
