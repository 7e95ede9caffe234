//! The frames that the server sends.

use serde_json::Value;

use super::raptor::Message;
use super::rumor::{Frame, FrameKind};

/// The media type of a raptor message.
const CONTENT_TYPE: &str = "application/x-raptor+v2";

/// The answer to a transaction.
pub(super) fn status(to: &str, from: &str, transaction: &str, code: u16, payload: &Value) -> Vec<u8> {
    let mut frame = Frame::new(FrameKind::Status)
        .address(to)
        .header("TRANSACTION-ID", transaction)
        .header("STATUS", code.to_string())
        .header("X-TB-FROM-ADDRESS", from);
    if !payload.is_null() {
        frame = frame.payload(payload.to_string());
    }
    frame.encode()
}

/// A message on its way to clients.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    /// The transaction that a client's acknowledgement names.
    pub transaction: String,
    /// The encoded frame.
    pub frame: Vec<u8>,
}

/// A message to `to`, a connection id or the session's URI. Clients ignore one without a sender.
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
    Outgoing { transaction, frame }
}

/// The answer to a ping.
pub(super) fn pong() -> Vec<u8> {
    Frame::new(FrameKind::Pong).encode()
}
