//! The limits on what a client with a token can make a session hold.

use super::*;
use crate::limits::*;
use crate::weight::weight;

#[test]
fn signals_are_bounded_as_in_opentok() {
    let mut talk = Talk::new();
    talk.connect(1);
    let mut signal = |content: Value| talk.ask(1, "signal", "/signal/x", content).0;
    assert_eq!(signal(json!({ "type": "x".repeat(128), "data": "x".repeat(8 * 1024) })), 200);
    assert_eq!(signal(json!({ "type": "x".repeat(129) })), 413);
    assert_eq!(signal(json!({ "data": "x".repeat(8 * 1024 + 1) })), 413);
    // Neither in other fields nor in many of them.
    assert_eq!(signal(json!({ "other": "x".repeat(20_000) })), 413);
    assert_eq!(signal(json!({ "data": vec![0; 1000] })), 413);
}

#[test]
fn stream_updates_are_bounded() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.publish(1, "s");
    assert_eq!(talk.ask(1, "update", "/stream/s/channel/audio1", json!({ "active": false })).0, 200);
    let mut refused = 0;
    for number in 0..400 {
        let update = json!({ (format!("field{number}")): "x".repeat(200) });
        refused += u32::from(talk.ask(1, "update", "/stream/s/channel/audio1", update).0 == 413);
    }
    assert!(refused > 300, "{refused}");
    let stream = talk.session.state.streams.find("s").expect("published");
    assert_eq!(stream.content["channel"][0]["active"], false);
    assert!(weight(&Value::Object(stream.content.clone())) <= MAX_STREAM_WEIGHT + 64);
    // The same limit holds when the stream is created.
    assert_eq!(talk.ask(1, "create", "/stream/t", json!({ "name": "x".repeat(20_000) })).0, 413);
}

#[test]
fn ids_and_transactions_are_bounded() {
    let mut talk = Talk::new();
    talk.connect(1);
    let long = "x".repeat(MAX_URI_BYTES);
    assert_eq!(talk.ask(1, "create", &format!("/stream/{long}"), json!({})).0, 400);
    let token = talk.own_token.clone();
    let transaction = "x".repeat(MAX_TRANSACTION_BYTES + 1);
    assert_eq!(talk.ask_as(1, "create", "/stream/s", json!({}), &transaction, &token).0, 400);
}

#[test]
fn offer_tags_are_bounded() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.publish(1, "s");
    assert_eq!(talk.ask(1, "create", "/stream/s/subscriber/u", json!({})).0, 200);
    let offer = |id: String| json!({ "sdp": "x", "peerId": id });
    assert_eq!(talk.ask(1, "offer", "/stream/s/subscriber/u", offer("p".to_owned())).0, 200);
    assert_eq!(talk.ask(1, "offer", "/stream/s/subscriber/u", offer("p".repeat(10_000))).0, 400);
}

#[test]
fn streams_and_subscriptions_of_a_session_are_bounded() {
    let mut talk = Talk::new();
    let mut streams = 0;
    for client in 1..=MAX_STREAMS as u64 / MAX_CONNECTION_STREAMS as u64 + 2 {
        talk.connect(client);
        for number in 0..MAX_CONNECTION_STREAMS + 3 {
            streams +=
                usize::from(talk.ask(client, "create", &format!("/stream/{client}-{number}"), json!({})).0 == 200);
        }
    }
    assert_eq!(streams, MAX_STREAMS);
}

#[test]
fn a_broadcast_is_stored_once_and_the_heaviest_client_is_known() {
    let mut talk = Talk::new();
    for client in 1..=3 {
        talk.connect(client);
    }
    // The first reads and acknowledges, the others do not.
    talk.dead.extend([SocketId(2), SocketId(3)]);
    for _ in 0..10 {
        assert_eq!(talk.ask(1, "signal", "/signal/x", json!({ "data": "x".repeat(8000) })).0, 200);
    }
    assert_eq!(talk.ask(1, "signal", "/connection/c3/signal/x", json!({ "data": "x" })).0, 200);
    let kept = |talk: &Talk, id: &str| {
        talk.session.state.roster.find(id).expect("connected").unacknowledged().cloned().collect::<Vec<_>>()
    };
    let (second, third) = (kept(&talk, "c2"), kept(&talk, "c3"));
    let last = second.last().expect("kept");
    assert!(third.iter().any(|frame| frame.as_ptr() == last.as_ptr()), "each has its own copy");
    assert_eq!(talk.session.state.roster.find("c1").expect("connected").kept_bytes(), 0);
    let (heaviest, bytes) = talk.session.heaviest().map(|(id, bytes)| (id.to_owned(), bytes)).expect("somebody");
    assert_eq!(heaviest, "c3");
    assert!(bytes > 80_000);
    talk.session.handle_overload(&heaviest);
    talk.drain();
    assert!(talk.other.contains(&Output::Close { socket: SocketId(3), close: Close::Overloaded }));
    assert_eq!(talk.messages(1).last().map(String::as_str), Some("deleted /connection/c3 networkDisconnected"));
    let held = talk.session.state.config().meter.bytes();
    assert_eq!(
        held,
        talk.session.state.roster.find("c2").expect("connected").kept_bytes(),
        "what it held is still counted"
    );
}
