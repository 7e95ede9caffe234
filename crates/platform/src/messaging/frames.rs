//! The frames that the server sends.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::raptor::Message;
use super::rumor::{Frame, FrameKind};

/// The media type of a raptor message.
const CONTENT_TYPE: &str = "application/x-raptor+v2";

/// Returns the answer to a transaction.
pub(super) fn status(to: &str, from: &str, transaction: &str, code: u16, payload: &Value) -> Bytes {
    let mut frame = Frame::new(FrameKind::Status)
        .address(to)
        .header("TRANSACTION-ID", transaction)
        .header("STATUS", code.to_string())
        .header("X-TB-FROM-ADDRESS", from);
    if !payload.is_null() {
        frame = frame.payload(payload.to_string());
    }
    frame.encode().into()
}

/// A message to clients. Clones share their bytes, so that a message to all takes no more memory than one to a single
/// client.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    /// The transaction that a client's acknowledgement names.
    pub transaction: Arc<str>,
    /// The encoded frame.
    pub frame: Bytes,
}

/// Returns a message to `to`, a connection id or the session's URI. Clients ignore one without a sender.
pub(super) fn message(to: &str, from: &str, message: &Message) -> Outgoing {
    let transaction = uuid::Uuid::new_v4().to_string();
    let payload = serde_json::to_vec(message).expect("a message is strings and JSON values, which always serialise");
    let frame = Frame::new(FrameKind::Message)
        .address(to)
        .header("Content-Type", CONTENT_TYPE)
        .header("TRANSACTION-ID", transaction.as_str())
        .header("X-TB-FROM-ADDRESS", from)
        .payload(payload)
        .encode();
    Outgoing { transaction: transaction.into(), frame: frame.into() }
}

/// Returns the answer to a ping.
pub(super) fn pong() -> Bytes {
    Frame::new(FrameKind::Pong).encode().into()
}
