//! Who may have a socket, for how long, and whose connection it takes up.

use super::*;
use crate::ticket::Tickets;

fn is_closed(talk: &Talk, socket: u64, close: Close) -> bool {
    talk.other.contains(&Output::Close { socket: SocketId(socket), close })
}

#[test]
fn a_connection_is_taken_up_by_its_own_ticket_and_by_nothing_else() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    talk.dead.push(SocketId(1));
    assert_eq!(talk.ask(2, "signal", "/connection/c1/signal/x", json!({ "data": "for c1 alone" })).0, 200);
    let other_token = talk.token(Role::Moderator);
    let tickets = [
        None,
        // Of another connection, of another token, of another platform, and of nobody.
        Some(talk.ticket("c2", &talk.own_token)),
        Some(talk.ticket("c1", &other_token)),
        Some(Tickets::generate().issue(&talk.session.config.session_id, "c1", &talk.own_token)),
        Some(Ticket::new(String::new())),
    ];
    for (socket, ticket) in (10..).zip(tickets) {
        talk.open_with(socket, 1, ticket, true);
        assert_eq!(talk.messages(socket), [] as [&str; 0], "{socket}");
        assert_eq!(talk.ask(socket, "signal", "/signal/y", json!({})).0, 403, "it speaks as somebody else");
        assert!(!is_closed(&talk, 1, Close::Replaced), "the other one is put out");
    }
    // The right ticket, but of a client that calls its socket something else.
    talk.open_with(20, 7, Some(talk.ticket("c1", &talk.own_token)), true);
    assert!(!is_closed(&talk, 1, Close::Replaced));
    talk.open(21, 1, true);
    assert!(is_closed(&talk, 1, Close::Replaced));
    assert_eq!(talk.messages(21), ["signal /connection/c1/signal/x"]);
}

#[test]
fn a_connection_of_a_client_without_a_ticket_cannot_be_taken_up() {
    let mut talk = Talk::new();
    talk.open_with(1, 1, None, false);
    assert_eq!(talk.ask(1, "create", "/connection/c1", json!({})).0, 200);
    talk.open(2, 1, true);
    talk.open_with(3, 1, None, true);
    assert!(!is_closed(&talk, 1, Close::Replaced));
}

#[test]
fn a_socket_without_a_token_is_closed_whatever_it_says() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.open_with(2, 2, None, false);
    // By a fault its client is not answered; but it has shown its token.
    talk.open_with(3, 3, None, false);
    talk.session.refuse(Service::Connection, Refusal::Silence);
    let message = json!({ "method": "create", "uri": format!("{}/connection/c3", talk.session.uri), "content": {} });
    let frame = Frame::new(FrameKind::Message)
        .header("X-TB-TOKEN-AUTH", talk.own_token.clone())
        .header("TRANSACTION-ID", "t")
        .payload(message.to_string());
    talk.session.handle_frame(talk.now(), SocketId(3), &frame.encode());
    for _ in 0..9 {
        talk.pass(1);
        for kind in [FrameKind::Ping, FrameKind::Connect, FrameKind::Subscribe] {
            talk.session.handle_frame(talk.now(), SocketId(2), &Frame::new(kind).encode());
        }
        let wrong = Frame::new(FrameKind::Message).header("X-TB-TOKEN-AUTH", "T1==x").payload(message.to_string());
        talk.session.handle_frame(talk.now(), SocketId(2), &wrong.encode());
    }
    assert!(!is_closed(&talk, 2, Close::NoToken));
    talk.pass(1);
    assert!(is_closed(&talk, 2, Close::NoToken));
    talk.pass(20);
    assert!(!is_closed(&talk, 1, Close::NoToken) && !is_closed(&talk, 3, Close::NoToken));
}

#[test]
fn a_jump_of_the_clock_ends_nobody_and_decides_on_new_tokens_alone() {
    let mut talk = Talk::new();
    talk.connect(1);
    // The token is good for an hour, and its time is a day ahead or behind after the jump.
    let day_ms = 24 * 3600 * 1000;
    let started = Now { unix_ms: talk.now().unix_ms + day_ms, ..talk.now() };
    talk.session.handle_timeout(started);
    talk.session.open_socket(started, SocketId(2), Opening::default());
    let create = |talk: &mut Talk, now: Now, socket: u64| {
        let uri = format!("{}/connection/d{socket}", talk.session.uri);
        let frame = Frame::new(FrameKind::Message)
            .header("X-TB-TOKEN-AUTH", talk.own_token.clone())
            .header("TRANSACTION-ID", "t")
            .payload(json!({ "method": "create", "uri": uri, "content": {} }).to_string());
        talk.session.handle_frame(now, SocketId(socket), &frame.encode());
        talk.drain();
        let status =
            talk.sent.iter().rev().find(|(to, frame)| *to == SocketId(socket) && frame.kind == FrameKind::Status);
        status.and_then(|(_, frame)| frame.find_header("STATUS")?.parse::<u16>().ok()).expect("an answer")
    };
    assert_eq!(create(&mut talk, started, 2), 403, "the token has expired");
    let before = Now { unix_ms: 1, ..talk.now() };
    talk.session.handle_timeout(before);
    talk.session.open_socket(before, SocketId(3), Opening::default());
    assert_eq!(create(&mut talk, before, 3), 403, "the token is of the future");
    // Timeouts go by a clock that does not jump.
    assert_eq!(talk.ask(1, "signal", "/signal/x", json!({})).0, 200);
    assert!(!is_closed(&talk, 1, Close::Idle));
}

#[test]
fn a_token_that_opens_nothing_is_refused() {
    let mut talk = Talk::new();
    talk.session.open_socket(talk.now(), SocketId(1), Opening::default());
    for token in ["", "garbage", "T1==YWJj"] {
        assert_eq!(talk.ask_as(1, "create", "/connection/c1", json!({}), "1", token).0, 403);
    }
    assert_eq!(talk.ask(1, "create", "/stream/s", json!({})).0, 403);
}
