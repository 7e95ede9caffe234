use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;
use crate::credentials::{Project, Role, SessionId, TokenClaims};
use crate::media::{AccessId, MediaRequest, PeerId, RtpVideoCodec};
use crate::memory_meter::MemoryMeter;
use crate::messaging::Activity;
use crate::session_registry::SessionOptions;
use crate::ticket::{Ticket, Tickets};
use precall_support::secrets::Secret;

/// A session with its clients' side of the conversation.
struct Talk {
    session: Session,
    start: Instant,
    at: Duration,
    sent: Vec<(SocketId, Frame)>,
    other: Vec<Output>,
    transactions: u32,
    /// Sockets that nothing comes through any more, though nobody has closed them.
    dead: Vec<SocketId>,
    /// Every client's, unless it is said otherwise.
    own_token: String,
}

impl Talk {
    fn new() -> Self {
        Self::with_options(SessionOptions::default())
    }

    fn with_options(options: SessionOptions) -> Self {
        let project = Project::opentok("100", Secret::new("secret"));
        let session_id = SessionId::generate("100", 0).as_str().to_owned();
        let symphony_address = "symphony".to_owned();
        let (tickets, meter) = (Tickets::generate(), MemoryMeter::default());
        let config = SessionConfig { project, session_id, symphony_address, options, tickets, meter };
        let session = Session::new(config);
        let (sent, other, dead) = (Vec::new(), Vec::new(), Vec::new());
        let (start, at, own_token) = (Instant::now(), Duration::ZERO, String::new());
        let mut talk = Self { session, start, at, sent, other, transactions: 0, dead, own_token };
        talk.own_token = talk.token(Role::Publisher);
        talk
    }

    fn now(&self) -> Now {
        Now { instant: self.start + self.at, unix_ms: 1_000_000 + self.at.as_millis() as u64 }
    }

    fn drain(&mut self) {
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Send { socket, frame } => {
                    let frame = Frame::decode(&frame).expect("a frame of our own");
                    self.acknowledge(socket, &frame);
                    self.sent.push((socket, frame));
                }
                output => self.other.push(output),
            }
        }
    }

    /// As clients do with every message, unless the socket is dead.
    fn acknowledge(&mut self, socket: SocketId, frame: &Frame) {
        if frame.kind == FrameKind::Message && !self.dead.contains(&socket) {
            let transaction = frame.find_header("TRANSACTION-ID").expect("every message has one");
            let status = Frame::new(FrameKind::Status).header("TRANSACTION-ID", transaction);
            self.session.handle_frame(self.now(), socket, &status.encode());
        }
    }

    fn token(&self, role: Role) -> String {
        let mut claims = TokenClaims::new(&SessionId::generate("100", 0), role, 1_000, 3_600);
        claims.session_id.clone_from(&self.session.state.config().session_id);
        claims.sign(&self.session.state.config().project).expect("signed").expose().to_owned()
    }

    /// A message from a client, and the code and payload that answer it.
    fn ask(&mut self, socket: u64, method: &str, resource: &str, content: Value) -> (u16, Value) {
        self.transactions += 1;
        let transaction = self.transactions.to_string();
        let token = self.own_token.clone();
        self.ask_as(socket, method, resource, content, &transaction, &token)
    }

    fn ask_as(
        &mut self,
        socket: u64,
        method: &str,
        resource: &str,
        content: Value,
        transaction: &str,
        token: &str,
    ) -> (u16, Value) {
        let message =
            json!({ "method": method, "uri": format!("{}{resource}", self.session.state.uri()), "content": content });
        let frame = Frame::new(FrameKind::Message)
            .address("symphony")
            .header("TRANSACTION-ID", transaction)
            .header("X-TB-TOKEN-AUTH", token)
            .payload(message.to_string());
        self.session.handle_frame(self.now(), SocketId(socket), &frame.encode());
        self.drain();
        let answer = self
            .sent
            .iter()
            .rev()
            .find(|(to, frame)| {
                *to == SocketId(socket)
                    && frame.kind == FrameKind::Status
                    && frame.find_header("TRANSACTION-ID") == Some(transaction)
            })
            .map(|(_, frame)| frame.clone())
            .expect("every message is answered");
        let code = answer.find_header("STATUS").and_then(|code| code.parse().ok()).expect("a code");
        (code, serde_json::from_slice(&answer.payload).unwrap_or(Value::Null))
    }

    /// Opens a socket as the client of this number does.
    fn open(&mut self, socket: u64, client: u64, reconnect: bool) {
        let ticket = self.ticket(&format!("c{client}"), &self.own_token);
        self.open_with(socket, client, Some(ticket), reconnect);
    }

    fn ticket(&self, connection: &str, token: &str) -> Ticket {
        self.session.state.ticket(connection, token)
    }

    fn open_with(&mut self, socket: u64, client: u64, ticket: Option<Ticket>, reconnect: bool) {
        let opening =
            Opening { client_socket: Some(format!("socket-{client}")), ticket, reconnect, ..Opening::default() };
        self.session.handle_socket_opened(self.now(), SocketId(socket), opening);
        self.drain();
    }

    /// A client on a socket of the same number as its connection.
    fn connect(&mut self, number: u64) {
        self.open(number, number, false);
        let (code, _) = self.ask(number, "create", &format!("/connection/c{number}"), json!({}));
        assert_eq!(code, 200);
    }

    /// A client that publishes `stream`, up to its media being connected.
    fn publish(&mut self, number: u64, stream: &str) {
        let content = json!({ "name": "x", "channel": [{ "id": "audio1", "type": "audio", "active": true }] });
        assert_eq!(self.ask(number, "create", &format!("/stream/{stream}"), content).0, 200);
        let offer = json!({ "sdp": "v=0", "type": "offer" });
        assert_eq!(self.ask(number, "offer", &format!("/stream/{stream}"), offer).0, 200);
        self.media(MediaEvent::Connected { peer: PeerId::Publisher(stream.to_owned()) });
    }

    fn media(&mut self, event: MediaEvent) {
        self.session.handle_media_event(event);
        self.drain();
    }

    fn pass(&mut self, seconds: u64) {
        self.at += Duration::from_secs(seconds);
        self.session.handle_timeout(self.now());
        self.drain();
    }

    /// The messages that a socket got, as method, resource and reason.
    fn messages(&self, socket: u64) -> Vec<String> {
        let own = self.sent.iter().filter(|(to, frame)| *to == SocketId(socket) && frame.kind == FrameKind::Message);
        own.map(|(_, frame)| {
            // Without a sender clients ignore it.
            assert!(frame.find_header("X-TB-FROM-ADDRESS").is_some());
            let message: Value = serde_json::from_slice(&frame.payload).expect("JSON");
            let uri = message["uri"].as_str().expect("a URI").replace(self.session.state.uri(), "");
            let reason = message["reason"].as_str().map(|reason| format!(" {reason}")).unwrap_or_default();
            format!("{} {uri}{reason}", message["method"].as_str().expect("a method"))
        })
        .collect()
    }
}

#[test]
fn connecting_returns_the_session_state() {
    let mut talk = Talk::new();
    talk.session.handle_socket_opened(talk.now(), SocketId(1), Opening::default());
    let (code, state) = talk.ask(1, "create", "/connection/c1", json!({}));
    assert_eq!(code, 200);
    // All three arrays, at the root.
    assert_eq!(state["connection"][0]["id"], "c1");
    assert_eq!((&state["stream"], &state["archive"]), (&json!([]), &json!([])));
    assert_eq!(talk.messages(1), ["created /connection/c1"]);
    let kinds: Vec<_> = talk.sent.iter().map(|(_, frame)| frame.kind).collect();
    assert_eq!(kinds, [FrameKind::Status, FrameKind::Message]);
}

#[test]
fn publishing_and_subscribing_go_through_the_router() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    assert_eq!(talk.ask(1, "create", "/stream/s", json!({ "name": "x" })).0, 200);
    assert_eq!(talk.messages(1).last().map(String::as_str), Some("generateoffer /stream/s"));
    // Clients may send candidates before their offer.
    assert_eq!(talk.ask(1, "candidate", "/stream/s", json!({ "candidate": "x" })).0, 200);
    assert_eq!(talk.ask(1, "offer", "/stream/s", json!({ "sdp": "offered" })).0, 200);
    let (stream, offer, video_codec) = ("s".to_owned(), "offered".to_owned(), RtpVideoCodec::Vp8);
    let publish = MediaRequest::Publish { stream, offer, video_codec, access: AccessId::default() };
    assert!(talk.other.contains(&Output::Media(publish)));
    talk.media(MediaEvent::Answer { peer: PeerId::Publisher("s".to_owned()), sdp: "answered".to_owned() });
    assert_eq!(talk.messages(1).last().map(String::as_str), Some("answer /stream/s"));
    // Nobody hears of a stream whose media does not flow, and nobody can subscribe to it.
    assert!(!talk.messages(2).contains(&"created /stream/s".to_owned()));
    assert_eq!(talk.ask(2, "create", "/stream/s/subscriber/u", json!({})).0, 404);
    talk.media(MediaEvent::Connected { peer: PeerId::Publisher("s".to_owned()) });
    for socket in [1, 2] {
        assert_eq!(talk.messages(socket).last().map(String::as_str), Some("created /stream/s"));
    }
    assert_eq!(talk.ask(2, "create", "/stream/s/subscriber/u", json!({})).0, 200);
    talk.media(MediaEvent::Offer { subscriber: "u".to_owned(), sdp: "offered".to_owned() });
    assert_eq!(talk.messages(2).last().map(String::as_str), Some("offer /stream/s/subscriber/u"));
    assert_eq!(talk.ask(2, "answer", "/stream/s/subscriber/u", json!({ "sdp": "answered" })).0, 200);
    let answer = MediaRequest::Answer { subscriber: "u".to_owned(), sdp: "answered".to_owned() };
    assert!(talk.other.contains(&Output::Media(answer)));
    // The end of a stream is the end of its subscriptions; some releases end it twice.
    for _ in 0..2 {
        assert_eq!(talk.ask(1, "delete", "/stream/s", json!({})).0, 200);
    }
    let close = |peer| Output::Media(MediaRequest::Close { peer });
    assert!(talk.other.contains(&close(PeerId::Publisher("s".to_owned()))));
    assert!(talk.other.contains(&close(PeerId::Subscriber("u".to_owned()))));
    assert_eq!(talk.messages(2).last().map(String::as_str), Some("deleted /stream/s clientDisconnected"));
}

#[test]
fn clients_cannot_change_resources_of_others() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    talk.publish(1, "s");
    let sdp = || json!({ "sdp": "x" });
    assert_eq!(talk.ask(1, "create", "/stream/s/subscriber/u", json!({})).0, 200);
    for (method, resource) in [
        ("offer", "/stream/s"),
        ("delete", "/stream/s"),
        ("update", "/stream/s/channel/audio1"),
        ("answer", "/stream/s/subscriber/u"),
        ("delete", "/connection/c1"),
    ] {
        assert_eq!(talk.ask(2, method, resource, sdp()).0, 403, "{method} {resource}");
    }
    assert_eq!(talk.ask(2, "create", "/stream/s", json!({})).0, 409);
    assert_eq!(talk.ask(2, "create", "/connection/c1", json!({})).0, 409);
}

#[test]
fn a_repeated_request_is_executed_once() {
    let mut talk = Talk::new();
    talk.connect(1);
    let token = talk.token(Role::Publisher);
    for _ in 0..3 {
        let (code, _) = talk.ask_as(1, "create", "/stream/s", json!({}), "same", &token);
        assert_eq!(code, 200);
    }
    let generated = talk.messages(1).iter().filter(|message| message.starts_with("generateoffer")).count();
    assert_eq!(generated, 1);
}

#[test]
fn signals_reach_all_or_one() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    assert_eq!(talk.ask(1, "signal", "/signal/x", json!({ "data": "hello" })).0, 200);
    assert_eq!(talk.messages(1).last().map(String::as_str), Some("signal /signal/x"));
    assert_eq!(talk.messages(2).last().map(String::as_str), Some("signal /signal/x"));
    assert_eq!(talk.ask(1, "signal", "/connection/c2/signal/y", json!({})).0, 200);
    assert_eq!(talk.messages(2).last().map(String::as_str), Some("signal /connection/c2/signal/y"));
    assert_eq!(talk.messages(1).last().map(String::as_str), Some("signal /signal/x"));
    assert_eq!(talk.ask(1, "signal", "/connection/nobody/signal/z", json!({})).0, 404);
}

#[test]
fn pings_are_answered_and_silent_sockets_closed() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.session.handle_frame(talk.now(), SocketId(1), &Frame::new(FrameKind::Ping).encode());
    talk.drain();
    assert_eq!(talk.sent.last().map(|(_, frame)| frame.kind), Some(FrameKind::Pong));
    talk.pass(59);
    let idle = Output::Close { socket: SocketId(1), close: Close::Idle };
    assert!(!talk.other.contains(&idle));
    talk.pass(1);
    assert!(talk.other.contains(&idle));
    talk.session.handle_socket_opened(talk.now(), SocketId(9), Opening::default());
    talk.session.handle_frame(talk.now(), SocketId(9), b"no frame");
    talk.drain();
    assert!(talk.other.contains(&Output::Close { socket: SocketId(9), close: Close::BadFrame }));
}

#[test]
fn others_are_notified_of_a_disconnect() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    let leave = Frame::new(FrameKind::Disconnect).header("reconnect", "").encode();
    let reconnect = Frame::new(FrameKind::Disconnect).header("reconnect", "1").encode();
    talk.session.handle_frame(talk.now(), SocketId(1), &reconnect);
    talk.drain();
    assert!(!talk.messages(2).iter().any(|message| message.starts_with("deleted")));
    talk.session.handle_frame(talk.now(), SocketId(1), &leave);
    talk.drain();
    assert_eq!(talk.messages(2).last().map(String::as_str), Some("deleted /connection/c1 clientDisconnected"));
    // A page that crashed says nothing, and cannot come back.
    talk.connect(3);
    talk.session.handle_page_gone(SocketId(3));
    talk.drain();
    assert_eq!(talk.messages(2).last().map(String::as_str), Some("deleted /connection/c3 networkDisconnected"));
}

proptest::proptest! {
    #[test]
    fn no_message_makes_a_session_panic(
        method in "[a-z]{0,12}|create|update|delete|offer|answer|signal|read",
        resource in "(/(connection|stream|signal|subscriber|channel|c1|s|[^\"\\\\]{0,5})){0,7}",
        content in "\\{\\}|null|\\[1\\]|\\{\"sdp\":\"x\"\\}|\\{\"channel\":[0-9]\\}|[^\"]{0,10}",
    ) {
        let mut talk = Talk::new();
        talk.connect(1);
        talk.publish(1, "s");
        let text = format!("{{\"method\":\"{method}\",\"uri\":\"{}{resource}\",\"content\":{content}}}", talk.session.state.uri());
        for payload in [text.as_bytes(), resource.as_bytes()] {
            let frame = Frame::new(FrameKind::Message).payload(payload).encode();
            talk.session.handle_frame(talk.now(), SocketId(1), &frame);
            talk.drain();
        }
    }
}

/// The last message of a method that a socket was sent.
fn last(talk: &Talk, socket: u64, method: &str) -> Option<Value> {
    let messages =
        talk.sent.iter().rev().filter(|(to, frame)| *to == SocketId(socket) && frame.kind == FrameKind::Message);
    messages
        .filter_map(|(_, frame)| serde_json::from_slice(&frame.payload).ok())
        .find(|m: &Value| m["method"] == method)
}

mod bounds;
mod fallback;
mod moderation;
mod relayed;
mod restart;
mod sockets;
