//! The encoding of the relay's messages.

use std::net::SocketAddr;

use turn_types::attribute::{Data, XorPeerAddress};
use turn_types::message::DATA;
use turn_types::stun::attribute::{AttributeWrite, ErrorCode};
use turn_types::stun::message::{
    IntegrityAlgorithm, IntegrityKey, Message, MessageClass, MessageType, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, TransactionId,
};

use crate::transport::ClientAddr;

/// An answer that is being written.
pub(super) struct Reply(MessageWriteVec);

impl Reply {
    pub(super) fn success(method: Method, transaction: TransactionId) -> Self {
        Self::new(MessageClass::Success, method, transaction)
    }

    /// Returns a refusal. Codes are those of STUN, 300 to 699.
    pub(super) fn error(method: Method, transaction: TransactionId, code: u16) -> Self {
        let reply = Self::new(MessageClass::Error, method, transaction);
        match ErrorCode::builder(code).build() {
            Ok(error) => reply.with(&error),
            // Clients take an answer without its code for a refusal all the same.
            Err(_) => reply,
        }
    }

    /// Returns a refusal of a client whose credentials are not verified. It omits the reason phrase, since it must not
    /// be much longer than the request.
    pub(super) fn brief_error(method: Method, transaction: TransactionId, code: u16) -> Self {
        let reply = Self::new(MessageClass::Error, method, transaction);
        match ErrorCode::builder(code).reason("").build() {
            Ok(error) => reply.with(&error),
            // As above.
            Err(_) => reply,
        }
    }

    fn new(class: MessageClass, method: Method, transaction: TransactionId) -> Self {
        Self(Message::builder(MessageType::from_class_method(class, method), transaction, MessageWriteVec::new()))
    }

    pub(super) fn with(mut self, attribute: &dyn AttributeWrite) -> Self {
        // Refused are attributes after the integrity, which is written last, and those that a full message has no room
        // for.
        if let Err(error) = self.0.add_attribute(attribute) {
            tracing::warn!(%error, "the relay left an attribute out of its answer");
        }
        self
    }

    /// Returns the message, with its integrity by this key.
    pub(super) fn signed(mut self, key: &IntegrityKey) -> Vec<u8> {
        if let Err(error) = self.0.add_message_integrity_with_key(key, IntegrityAlgorithm::Sha1) {
            tracing::warn!(%error, "the relay could not sign its answer");
        }
        self.unsigned()
    }

    /// Returns the message as it is.
    pub(super) fn unsigned(mut self) -> Vec<u8> {
        if let Err(error) = self.0.add_fingerprint() {
            tracing::warn!(%error, "the relay could not finish its answer");
        }
        self.0.finish()
    }
}

/// Returns a peer's datagram as a Data indication, for a client that has no channel to that peer.
pub(super) fn data_indication(peer: SocketAddr, contents: &[u8]) -> Vec<u8> {
    let transaction = TransactionId::generate();
    let kind = MessageType::from_class_method(MessageClass::Indication, DATA);
    let message = Reply(Message::builder(kind, transaction, MessageWriteVec::with_capacity(contents.len() + 64)));
    message.with(&XorPeerAddress::new(peer, transaction)).with(&Data::new(contents)).0.finish()
}

/// Returns a peer's datagram as channel data.
pub(super) fn channel_data(client: ClientAddr, number: u16, contents: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(contents.len()).ok()?;
    let mut message = Vec::with_capacity(contents.len() + 8);
    message.extend_from_slice(&number.to_be_bytes());
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(contents);
    if matches!(client, ClientAddr::Tcp(..)) {
        // RFC 8656, section 12.5: in a stream it is padded to a multiple of four bytes.
        message.resize(message.len().next_multiple_of(4), 0);
    }
    Some(message)
}
