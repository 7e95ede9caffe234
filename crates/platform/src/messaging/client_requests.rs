//! Requests of clients: reads a MESSAGE frame, passes it to the code for its resource, and answers it.

use std::collections::HashMap;

use serde_json::Value;

use super::answer::{BAD_REQUEST, CONFLICT, FORBIDDEN, FollowUp, NOT_FOUND, OK, RequestAnswer};
use super::frames;
use super::moderation::{delete_connection, force_mute};
use super::output::Activity;
use super::publishing::{create_stream, delete_stream, update_channel};
use super::raptor::{Message, Resource};
use super::refusal::{Refusal, service_of};
use super::relayed;
use super::room::Room;
use super::routed;
use super::rumor::Frame;
use super::signals::client_signal;
use super::socket_id::SocketId;
use super::subscribing::{create_subscriber, delete_subscriber};
use crate::clock::Now;
use crate::credentials::TokenClaims;
use crate::limits::{MAX_CONNECTIONS, MAX_TRANSACTION_BYTES, MAX_URI_BYTES};
use precall_netem::fault::Leg;

/// The header with a client's token.
const TOKEN_HEADER: &str = "X-TB-TOKEN-AUTH";

/// A MESSAGE frame, with its socket and the time at which it came.
pub(super) struct Caller<'a> {
    pub now: Now,
    pub socket: SocketId,
    pub frame: &'a Frame,
}

impl Caller<'_> {
    /// Returns the token of the frame; empty without one.
    fn token(&self) -> &str {
        self.frame.find_header(TOKEN_HEADER).unwrap_or_default()
    }

    /// Returns the claims of the frame's token, if the token opens this session.
    fn claims(&self, room: &Room) -> Option<TokenClaims> {
        let config = room.config();
        TokenClaims::verify(self.token(), &config.project, &config.session_id, self.now.unix_seconds()).ok()
    }
}

/// Handles a request and answers it. Messages that follow from the request are sent after its answer.
pub(super) fn handle_request(room: &mut Room, refusals: &HashMap<Leg, Refusal>, caller: &Caller<'_>) {
    let transaction = caller.frame.find_header("TRANSACTION-ID").unwrap_or_default();
    let Some((code, payload)) = answer(room, refusals, caller, transaction) else { return };
    let to = room.roster.connection_of(caller.socket).unwrap_or_default();
    let status = frames::status(&to, &room.config().symphony_address, transaction, code, &payload);
    room.outputs.send(caller.socket, status);
    for follow_up in room.take_follow_ups() {
        match follow_up {
            FollowUp::ToOne(to, message) => room.send(&to, &message),
            FollowUp::ToAll(message) => room.broadcast(&message),
            FollowUp::Announce(stream) => room.announce_stream(&stream),
            FollowUp::RequestOffer { subscriber } => relayed::request_offer(room, &subscriber),
        }
    }
}

/// Returns the answer to a request; `None` if a fault leaves it without one.
fn answer(
    room: &mut Room,
    refusals: &HashMap<Leg, Refusal>,
    caller: &Caller<'_>,
    transaction: &str,
) -> Option<RequestAnswer> {
    let Ok(message) = serde_json::from_slice::<Message>(&caller.frame.payload) else { return Some(BAD_REQUEST) };
    // Ids are part of the URI, and so are bounded with it.
    if message.uri.len() > MAX_URI_BYTES || transaction.len() > MAX_TRANSACTION_BYTES {
        return Some(BAD_REQUEST);
    }
    // A client that has shown its token may keep its socket, even if a fault keeps it from connecting.
    if room.roster.is_anonymous(caller.socket) && caller.claims(room).is_some() {
        room.roster.note_token(caller.socket);
    }
    let resource = Resource::parse(&message.uri, room.uri());
    match service_of(&message.method, resource.as_ref()).and_then(|service| refusals.get(&service)) {
        Some(Refusal::Silence) => return None,
        Some(Refusal::Status(code)) => return Some((*code, Value::Null)),
        None => {}
    }
    if let Some(Resource::Connection(id)) = &resource
        && message.method == "create"
    {
        return Some(create_connection(room, caller, id));
    }
    Some(match room.roster.connection_of(caller.socket) {
        None => FORBIDDEN,
        // After a reconnect a client sends unanswered requests again. They are carried out once and answered twice.
        Some(id) if !room.roster.is_new_transaction(&id, transaction) => OK,
        Some(id) => dispatch(room, caller.now, &id, resource, message),
    })
}

/// Passes a request of a connected client to the code for its resource.
fn dispatch(room: &mut Room, now: Now, from: &str, resource: Option<Resource>, message: Message) -> RequestAnswer {
    match (message.method.as_str(), resource) {
        ("offer" | "answer" | "candidate", Some(resource)) if room.is_relayed() => {
            if relayed::pass_on(room, from, &resource, &message) { OK } else { NOT_FOUND }
        }
        ("create", Some(Resource::Stream(stream))) => create_stream(room, now, from, stream, message.content),
        ("offer", Some(Resource::Stream(stream))) => routed::publisher_offer(room, from, &stream, &message.content),
        ("offer", Some(Resource::Subscriber { subscriber, .. })) => {
            routed::subscriber_offer(room, from, subscriber, &message.content)
        }
        ("update", Some(Resource::StreamChannel { stream, channel })) => {
            update_channel(room, from, &stream, &channel, message)
        }
        ("delete", Some(Resource::Stream(stream))) => delete_stream(room, from, &stream),
        ("create", Some(Resource::Subscriber { stream, subscriber })) => {
            create_subscriber(room, from, stream, subscriber)
        }
        ("answer", Some(Resource::Subscriber { subscriber, .. })) => {
            routed::subscriber_answer(room, from, subscriber, &message.content)
        }
        ("delete", Some(Resource::Subscriber { subscriber, .. })) => delete_subscriber(room, from, &subscriber),
        // The router is ICE-lite: it learns a client's addresses from its checks. Layers are chosen by the router.
        ("candidate", Some(Resource::Stream(_) | Resource::Subscriber { .. }))
        | ("update", Some(Resource::SubscriberChannel { .. })) => OK,
        ("signal", Some(Resource::Signal)) => client_signal(room, from, None, &message),
        ("signal", Some(Resource::SignalTo(to))) => client_signal(room, from, Some(&to), &message),
        ("read", Some(Resource::Session)) => {
            let read = Message::new("read", room.uri(), room.state());
            room.follow_up(FollowUp::ToOne(from.to_owned(), read));
            OK
        }
        ("update", Some(Resource::Stream(stream))) if is_mute(&message) => {
            force_mute(room, from, Some(&stream), &message)
        }
        ("update", Some(Resource::Session)) if is_mute(&message) => force_mute(room, from, None, &message),
        ("delete", Some(Resource::Connection(id))) => delete_connection(room, from, &id),
        _ => {
            room.outputs.report(Activity::UnknownRequest { method: message.method, uri: message.uri });
            OK
        }
    }
}

/// Returns whether an update of a stream or a session is a moderator's request to mute.
fn is_mute(message: &Message) -> bool {
    message.content.get("reason").and_then(Value::as_str) == Some("mute")
}

/// Makes a connection on the caller's socket, if its token opens the session.
fn create_connection(room: &mut Room, caller: &Caller<'_>, id: &str) -> RequestAnswer {
    let own = room.roster.connection_of(caller.socket);
    if room.roster.find(id).is_some() {
        return if own.as_deref() == Some(id) { (200, room.state()) } else { CONFLICT };
    }
    if own.is_some() || room.roster.len() >= MAX_CONNECTIONS {
        return CONFLICT;
    }
    let Some(claims) = caller.claims(room) else { return FORBIDDEN };
    let ticket = room.ticket(id, caller.token());
    let meter = room.config().meter.clone();
    let object = room.roster.connect(caller.now, caller.socket, id, claims, &ticket, &meter);
    // Clients wait for this message about themselves, too.
    let created = Message::new("created", format!("{}/connection/{id}", room.uri()), object);
    room.follow_up(FollowUp::ToAll(created));
    room.outputs.report(Activity::Connected { connection: id.to_owned() });
    (200, room.state())
}
