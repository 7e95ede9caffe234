//! Requests of moderators.

use serde_json::Value;

use super::answer::{FORBIDDEN, NOT_FOUND, OK, RequestAnswer};
use super::raptor::Message;
use super::reason::{CLIENT_DISCONNECTED, FORCE_DISCONNECTED};
use super::room::Room;

/// Removes a connection: the client's own, or that of another as a moderator.
pub(super) fn delete_connection(room: &mut Room, from: &str, id: &str) -> RequestAnswer {
    if from != id && !room.roster.may(from, "forcedisconnect") {
        return FORBIDDEN;
    }
    if room.roster.find(id).is_none() {
        return NOT_FOUND;
    }
    room.remove_connection(id, if from == id { CLIENT_DISCONNECTED } else { FORCE_DISCONNECTED });
    OK
}

/// Mutes one stream, or all streams with the exception of some; or ends that.
pub(super) fn force_mute(room: &mut Room, from: &str, stream: Option<&str>, message: &Message) -> RequestAnswer {
    if !room.roster.may(from, "forcemute") {
        return FORBIDDEN;
    }
    match stream {
        Some(stream) if room.streams.find(stream).is_some() => room.mute_stream(stream),
        Some(_) => return NOT_FOUND,
        None => {
            let active = message.content.get("active").and_then(Value::as_bool).unwrap_or(true);
            let except = message.content.get("exclusion").and_then(Value::as_array).into_iter().flatten();
            let except: Vec<_> = except.filter_map(Value::as_str).map(str::to_owned).collect();
            room.mute_all(active, &except);
        }
    }
    OK
}
