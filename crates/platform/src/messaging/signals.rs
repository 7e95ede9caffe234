//! Signals of clients and of applications' servers.

use serde_json::{Value, json};

use super::answer::{FORBIDDEN, NOT_FOUND, OK, RequestAnswer, TOO_LARGE};
use super::frames;
use super::raptor::Message;
use super::server_message::ServerReply;
use super::session_state::SessionState;
use crate::limits::{MAX_SIGNAL_DATA_BYTES, MAX_SIGNAL_TYPE_BYTES};
use crate::weight::weight;

/// The weight of a signal besides its type and data: that of both values and of the object around them.
const SIGNAL_NODES_WEIGHT: usize = 8 * 64;

/// The sender of a server's signal. It is no client: `event.from` is empty, as the documentation of clients has it.
const NO_CLIENT: &str = "";

/// Passes a client's signal to one connection, or to all.
pub(super) fn client_signal(
    state: &mut SessionState,
    from: &str,
    to: Option<&str>,
    message: &Message,
) -> RequestAnswer {
    if !state.roster.may(from, "signal") {
        return FORBIDDEN;
    }
    if !is_within_limits(&message.content) {
        return TOO_LARGE;
    }
    match to {
        None => {
            let message = frames::message(state.uri(), from, message);
            state.deliver_all(&message);
        }
        Some(to) if state.roster.find(to).is_some() => state.deliver(to, frames::message(to, from, message)),
        Some(_) => return NOT_FOUND,
    }
    OK
}

/// Sends a server's signal to one connection, or to all.
pub(super) fn server_signal(state: &mut SessionState, to: Option<String>, kind: &str, data: &str) -> ServerReply {
    if kind.len() > MAX_SIGNAL_TYPE_BYTES || data.len() > MAX_SIGNAL_DATA_BYTES {
        return ServerReply::TooLarge;
    }
    let id = uuid::Uuid::new_v4();
    let content = json!({ "type": kind, "data": data });
    match to {
        None => {
            let message = Message::new("signal", format!("{}/signal/{id}", state.uri()), content);
            let message = frames::message(state.uri(), NO_CLIENT, &message);
            state.deliver_all(&message);
            ServerReply::Done
        }
        Some(to) if state.roster.find(&to).is_some() => {
            let uri = format!("{}/connection/{to}/signal/{id}", state.uri());
            state.deliver(&to, frames::message(&to, NO_CLIENT, &Message::new("signal", uri, content)));
            ServerReply::Done
        }
        Some(_) => ServerReply::NotFound,
    }
}

/// Returns whether a signal is within OpenTok's limits.
fn is_within_limits(content: &Value) -> bool {
    let length = |name: &str| content.get(name).and_then(Value::as_str).map_or(0, str::len);
    length("type") <= MAX_SIGNAL_TYPE_BYTES
        && length("data") <= MAX_SIGNAL_DATA_BYTES
        && weight(content) <= MAX_SIGNAL_TYPE_BYTES + MAX_SIGNAL_DATA_BYTES + SIGNAL_NODES_WEIGHT
}
