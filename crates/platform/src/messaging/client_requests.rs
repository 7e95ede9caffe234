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
use super::routed;
use super::rumor::Frame;
use super::session_state::SessionState;
use super::signals::client_signal;
use super::socket_id::SocketId;
use super::subscribing::{create_subscriber, delete_subscriber};
use crate::clock::Now;
use crate::credentials::TokenClaims;
use crate::limits::{MAX_CONNECTIONS, MAX_TRANSACTION_BYTES, MAX_URI_BYTES};
use precall_netem::fault::Service;

/// The header with a client's token.
const TOKEN_HEADER: &str = "X-TB-TOKEN-AUTH";

/// A MESSAGE frame, with its socket and the time at which it came.
pub(super) struct ClientMessage<'a> {
    pub now: Now,
    pub socket: SocketId,
    pub frame: &'a Frame,
}

impl ClientMessage<'_> {
    /// Returns the token of the frame; empty without one.
    fn token(&self) -> &str {
        self.frame.find_header(TOKEN_HEADER).unwrap_or_default()
    }

    /// Returns the claims of the frame's token, if the token opens this session.
    fn claims(&self, state: &SessionState) -> Option<TokenClaims> {
        let config = state.config();
        TokenClaims::verify(self.token(), &config.project, &config.session_id, self.now.unix_seconds()).ok()
    }
}

/// Handles a request and answers it. Messages that follow from the request are sent after its answer.
pub(super) fn handle_request(
    state: &mut SessionState,
    refusals: &HashMap<Service, Refusal>,
    caller: &ClientMessage<'_>,
) {
    let transaction = caller.frame.find_header("TRANSACTION-ID").unwrap_or_default();
    let Some((code, payload)) = answer(state, refusals, caller, transaction) else { return };
    let to = state.roster.connection_of(caller.socket).unwrap_or_default();
    let status = frames::status(&to, &state.config().symphony_address, transaction, code, &payload);
    state.outputs.send(caller.socket, status);
    for follow_up in state.take_follow_ups() {
        match follow_up {
            FollowUp::ToOne(to, message) => state.send(&to, &message),
            FollowUp::ToAll(message) => state.broadcast(&message),
            FollowUp::Announce(stream) => state.announce_stream(&stream),
            FollowUp::RequestOffer { subscriber } => relayed::request_offer(state, &subscriber),
        }
    }
}

/// Returns the answer to a request; `None` if a fault leaves it without one.
fn answer(
    state: &mut SessionState,
    refusals: &HashMap<Service, Refusal>,
    caller: &ClientMessage<'_>,
    transaction: &str,
) -> Option<RequestAnswer> {
    let Ok(message) = serde_json::from_slice::<Message>(&caller.frame.payload) else { return Some(BAD_REQUEST) };
    // Ids are part of the URI, and so are bounded with it.
    if message.uri.len() > MAX_URI_BYTES || transaction.len() > MAX_TRANSACTION_BYTES {
        return Some(BAD_REQUEST);
    }
    // A client that has shown its token may keep its socket, even if a fault keeps it from connecting.
    if state.roster.is_anonymous(caller.socket) && caller.claims(state).is_some() {
        state.roster.note_token(caller.socket);
    }
    let resource = Resource::parse(&message.uri, state.uri());
    match service_of(&message.method, resource.as_ref()).and_then(|service| refusals.get(&service)) {
        Some(Refusal::Silence) => return None,
        Some(Refusal::Status(code)) => return Some((*code, Value::Null)),
        None => {}
    }
    if let Some(Resource::Connection(id)) = &resource
        && message.method == "create"
    {
        return Some(create_connection(state, caller, id));
    }
    Some(match state.roster.connection_of(caller.socket) {
        None => FORBIDDEN,
        // After a reconnect a client sends unanswered requests again. They are carried out once and answered twice.
        Some(id) if !state.roster.is_new_transaction(&id, transaction) => OK,
        Some(id) => dispatch(state, caller.now, &id, resource, message),
    })
}

/// Passes a request of a connected client to the code for its resource.
fn dispatch(
    state: &mut SessionState,
    now: Now,
    from: &str,
    resource: Option<Resource>,
    message: Message,
) -> RequestAnswer {
    match (message.method.as_str(), resource) {
        ("offer" | "answer" | "candidate", Some(resource)) if state.is_relayed() => {
            if relayed::pass_on(state, from, &resource, &message) { OK } else { NOT_FOUND }
        }
        ("create", Some(Resource::Stream(stream))) => create_stream(state, now, from, stream, message.content),
        ("offer", Some(Resource::Stream(stream))) => routed::publisher_offer(state, from, &stream, &message.content),
        ("offer", Some(Resource::Subscriber { subscriber, .. })) => {
            routed::subscriber_offer(state, from, subscriber, &message.content)
        }
        ("update", Some(Resource::StreamChannel { stream, channel })) => {
            update_channel(state, from, &stream, &channel, message)
        }
        ("delete", Some(Resource::Stream(stream))) => delete_stream(state, from, &stream),
        ("create", Some(Resource::Subscriber { stream, subscriber })) => {
            create_subscriber(state, from, stream, subscriber)
        }
        ("answer", Some(Resource::Subscriber { subscriber, .. })) => {
            routed::subscriber_answer(state, from, subscriber, &message.content)
        }
        ("delete", Some(Resource::Subscriber { subscriber, .. })) => delete_subscriber(state, from, &subscriber),
        // The router learns a client's addresses from its checks, and it chooses the layers.
        ("candidate", Some(Resource::Stream(_) | Resource::Subscriber { .. }))
        | ("update", Some(Resource::SubscriberChannel { .. })) => OK,
        ("signal", Some(Resource::Signal)) => client_signal(state, from, None, &message),
        ("signal", Some(Resource::SignalTo(to))) => client_signal(state, from, Some(&to), &message),
        ("read", Some(Resource::Session)) => {
            let read = Message::new("read", state.uri(), state.snapshot());
            state.follow_up(FollowUp::ToOne(from.to_owned(), read));
            OK
        }
        ("update", Some(Resource::Stream(stream))) if is_mute(&message) => {
            force_mute(state, from, Some(&stream), &message)
        }
        ("update", Some(Resource::Session)) if is_mute(&message) => force_mute(state, from, None, &message),
        ("delete", Some(Resource::Connection(id))) => delete_connection(state, from, &id),
        _ => {
            state.outputs.report(Activity::UnknownRequest { method: message.method, uri: message.uri });
            OK
        }
    }
}

/// Returns whether an update of a stream or a session is a moderator's request to mute.
fn is_mute(message: &Message) -> bool {
    message.content.get("reason").and_then(Value::as_str) == Some("mute")
}

/// Makes a connection on the caller's socket, if its token opens the session.
fn create_connection(state: &mut SessionState, caller: &ClientMessage<'_>, id: &str) -> RequestAnswer {
    let own = state.roster.connection_of(caller.socket);
    if state.roster.find(id).is_some() {
        return if own.as_deref() == Some(id) { (200, state.snapshot()) } else { CONFLICT };
    }
    if own.is_some() || state.roster.len() >= MAX_CONNECTIONS {
        return CONFLICT;
    }
    let Some(claims) = caller.claims(state) else { return FORBIDDEN };
    let ticket = state.ticket(id, caller.token());
    let meter = state.config().meter.clone();
    let object = state.roster.connect(caller.now, caller.socket, id, claims, &ticket, &meter);
    // Clients wait for this message about themselves, too.
    let created = Message::new("created", format!("{}/connection/{id}", state.uri()), object);
    state.follow_up(FollowUp::ToAll(created));
    let access = state.roster.access_of(id);
    state.outputs.report(Activity::Connected { connection: id.to_owned(), access });
    (200, state.snapshot())
}
