//! Recovery from a broken network: messages in flight, and media by an ICE restart.

use super::*;

/// Returns the last request to the router.
fn asked(talk: &Talk) -> Option<&MediaRequest> {
    talk.other.iter().rev().find_map(|output| match output {
        Output::Media(request) => Some(request),
        _ => None,
    })
}

fn subscribed() -> Talk {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    talk.publish(1, "s");
    talk.ask(2, "create", "/stream/s/subscriber/u", json!({}));
    talk
}

#[test]
fn unacknowledged_messages_are_resent_on_the_next_socket() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    talk.dead.push(SocketId(1));
    // The platform does not know yet that the socket is dead.
    talk.publish(2, "s");
    talk.open(3, 1, true);
    assert_eq!(talk.messages(3), ["created /stream/s"]);
    talk.open(4, 1, true);
    assert_eq!(talk.messages(4), [] as [&str; 0]);
}

#[test]
fn a_publisher_restarts_ice_with_a_new_offer() {
    let mut talk = subscribed();
    let announced = talk.messages(2);
    assert_eq!(talk.ask(1, "offer", "/stream/s", json!({ "sdp": "again" })).0, 200);
    let (stream, offer, video_codec) = ("s".to_owned(), "again".to_owned(), RtpVideoCodec::Vp8);
    let access = AccessId::default();
    assert_eq!(asked(&talk), Some(&MediaRequest::Publish { stream, offer, video_codec, access }));
    talk.media(MediaEvent::Answer { peer: PeerId::Publisher("s".to_owned()), sdp: "answered".to_owned() });
    let answer = last(&talk, 1, "answer").expect("answered");
    // Neither a peer id nor a priority: the first supported release would take it for another peer's.
    assert_eq!(answer["content"], json!({ "sdp": "answered", "type": "answer" }));
    talk.media(MediaEvent::Connected { peer: PeerId::Publisher("s".to_owned()) });
    assert_eq!(talk.messages(2), announced, "the stream is announced once");
}

#[test]
fn a_subscriber_restarts_ice_with_an_offer_with_tags() {
    let mut talk = subscribed();
    talk.media(MediaEvent::Offer { subscriber: "u".to_owned(), sdp: "first".to_owned() });
    let offer = last(&talk, 2, "offer").expect("offered");
    assert_eq!(offer["content"], json!({ "sdp": "first", "type": "offer", "sourceStreamId": "MANTIS" }));
    // As OpenTok.js 2.18.2 tags it, and as later releases do.
    for tags in [json!({ "peerPriority": 0 }), json!({ "sourceStreamId": "MANTIS" })] {
        let mut content = tags.clone();
        content["sdp"] = json!("mine");
        assert_eq!(talk.ask(2, "offer", "/stream/s/subscriber/u", content).0, 200);
        let (subscriber, offer) = ("u".to_owned(), Some("mine".to_owned()));
        assert_eq!(asked(&talk), Some(&MediaRequest::RestartSubscriber { subscriber, offer }));
        talk.media(MediaEvent::Answer { peer: PeerId::Subscriber("u".to_owned()), sdp: "yours".to_owned() });
        let answer = last(&talk, 2, "answer").expect("answered");
        assert!(answer["uri"].as_str().expect("a URI").ends_with("/stream/s/subscriber/u"));
        let mut wanted = tags;
        (wanted["sdp"], wanted["type"]) = (json!("yours"), json!("answer"));
        assert_eq!(answer["content"], wanted);
    }
    // A client that subscribes to its own stream receives an offer instead.
    talk.ask(1, "create", "/stream/s/subscriber/own", json!({}));
    assert_eq!(talk.ask(1, "offer", "/stream/s/subscriber/own", json!({ "sdp": "mine" })).0, 200);
    assert_eq!(asked(&talk), Some(&MediaRequest::RestartSubscriber { subscriber: "own".to_owned(), offer: None }));
    // Neither for others, nor for nobody, nor without SDP.
    let content = json!({ "sdp": "mine" });
    assert_eq!(talk.ask(1, "offer", "/stream/s/subscriber/u", content.clone()).0, 403);
    assert_eq!(talk.ask(2, "offer", "/stream/s/subscriber/x", content).0, 404);
    assert_eq!(talk.ask(2, "offer", "/stream/s/subscriber/u", json!({})).0, 400);
}

#[test]
fn a_resumed_client_receives_missed_messages() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    talk.session.handle_socket_closed(talk.now(), SocketId(1));
    talk.publish(2, "s");
    talk.pass(29);
    talk.open(3, 1, true);
    // It does not introduce itself again; its socket's name is enough.
    assert_eq!(talk.messages(3), ["created /stream/s"]);
    assert_eq!(talk.ask(3, "create", "/stream/s/subscriber/u", json!({})).0, 200);
    talk.pass(60);
    assert!(!talk.messages(2).iter().any(|message| message.contains("networkDisconnected")));
}

#[test]
fn a_client_that_does_not_resume_is_removed() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    talk.publish(1, "s");
    talk.session.handle_socket_closed(talk.now(), SocketId(1));
    talk.pass(30);
    let messages = talk.messages(2);
    let last: Vec<_> = messages.iter().rev().take(2).rev().map(String::as_str).collect();
    assert_eq!(last, ["deleted /stream/s networkDisconnected", "deleted /connection/c1 networkDisconnected"]);
}
