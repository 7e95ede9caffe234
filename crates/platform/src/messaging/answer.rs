//! The answers to clients' requests.

use serde_json::Value;

use super::raptor::Message;

/// The answer to a request: a status code and a payload, which is null where there is none.
pub(super) type RequestAnswer = (u16, Value);

pub(super) const OK: RequestAnswer = (200, Value::Null);
pub(super) const BAD_REQUEST: RequestAnswer = (400, Value::Null);
pub(super) const FORBIDDEN: RequestAnswer = (403, Value::Null);
pub(super) const NOT_FOUND: RequestAnswer = (404, Value::Null);
pub(super) const CONFLICT: RequestAnswer = (409, Value::Null);
pub(super) const TOO_LARGE: RequestAnswer = (413, Value::Null);

/// A message that is sent after the answer to a request.
pub(super) enum FollowUp {
    /// A message to one connection.
    ToOne(String, Message),
    /// A message to all connections.
    ToAll(Message),
    /// The announcement of a stream.
    Announce(String),
    /// In a relayed session, a request to the publisher to make an offer to this subscriber.
    RequestOffer { subscriber: String },
}
