//! Requests of moderators.

use serde_json::Value;

use super::answer::{FORBIDDEN, NOT_FOUND, OK, RequestAnswer};
use super::raptor::Message;
use super::reason::{CLIENT_DISCONNECTED, FORCE_DISCONNECTED};
use super::session_state::SessionState;

/// Removes a connection: the client's own, or that of another as a moderator.
pub(super) fn delete_connection(state: &mut SessionState, from: &str, id: &str) -> RequestAnswer {
    if from != id && !state.roster.may(from, "forcedisconnect") {
        return FORBIDDEN;
    }
    if state.roster.find(id).is_none() {
        return NOT_FOUND;
    }
    state.remove_connection(id, if from == id { CLIENT_DISCONNECTED } else { FORCE_DISCONNECTED });
    OK
}

/// Mutes one stream, or all streams with the exception of some; or ends that.
pub(super) fn force_mute(
    state: &mut SessionState,
    from: &str,
    stream: Option<&str>,
    message: &Message,
) -> RequestAnswer {
    if !state.roster.may(from, "forcemute") {
        return FORBIDDEN;
    }
    match stream {
        Some(stream) if state.streams.find(stream).is_some() => state.mute_stream(stream),
        Some(_) => return NOT_FOUND,
        None => {
            let active = message.content.get("active").and_then(Value::as_bool).unwrap_or(true);
            let except = message.content.get("exclusion").and_then(Value::as_array).into_iter().flatten();
            let except: Vec<_> = except.filter_map(Value::as_str).map(str::to_owned).collect();
            state.mute_all(active, &except);
        }
    }
    OK
}
