//! Relayed sessions.

use super::*;
use crate::MediaMode;

/// A relayed session with a publisher on socket 1 and a subscriber on socket 2.
pub(super) fn relayed() -> Talk {
    let options = SessionOptions { media_mode: MediaMode::Relayed, ..SessionOptions::default() };
    let mut talk = Talk::with_options(options);
    talk.connect(1);
    talk.connect(2);
    talk.ask(1, "create", "/stream/s", json!({ "channel": [] }));
    talk.ask(2, "create", "/stream/s/subscriber/u", json!({}));
    talk
}

#[test]
fn a_relayed_stream_is_announced_at_once_and_offered_on_request() {
    let talk = relayed();
    assert!(last(&talk, 2, "created").is_some());
    assert_eq!(last(&talk, 1, "generateoffer").expect("asked")["content"]["peerId"], "u");
    assert!(!talk.other.iter().any(|output| matches!(output, Output::Media(MediaRequest::Subscribe { .. }))));
}

#[test]
fn relayed_negotiation_reaches_only_the_other_peer() {
    let mut talk = relayed();
    let content = json!({ "sdp": "o", "peerId": "u", "peerPriority": null });
    assert_eq!(talk.ask(1, "offer", "/stream/s", content).0, 200);
    let offer = last(&talk, 2, "offer").expect("passed on");
    assert!(offer["uri"].as_str().expect("a URI").ends_with("/stream/s/subscriber/u"));
    assert_eq!(talk.ask(2, "answer", "/stream/s/subscriber/u", json!({ "sdp": "a", "peerPriority": 0 })).0, 200);
    let answer = last(&talk, 1, "answer").expect("passed on");
    assert_eq!(answer["content"], json!({ "sdp": "a", "peerId": "u", "sourceStreamId": "u" }));
    // Neither for others' streams and subscribers, nor to nobody.
    assert_eq!(talk.ask(2, "offer", "/stream/s", json!({ "sdp": "x", "peerId": "u" })).0, 404);
    assert_eq!(talk.ask(1, "answer", "/stream/s/subscriber/u", json!({ "sdp": "x" })).0, 404);
    assert_eq!(talk.ask(1, "candidate", "/stream/s", json!({ "peerId": "nobody" })).0, 404);
    assert_eq!(talk.ask(1, "candidate", "/stream/s", json!({})).0, 404);
}

#[test]
fn notifications_follow_the_answer() {
    let mut talk = relayed();
    let before = talk.sent.len();
    talk.ask(1, "create", "/stream/s/subscriber/own", json!({}));
    let kinds: Vec<_> = talk.sent[before..].iter().map(|(_, frame)| frame.kind).collect();
    assert_eq!(kinds, [FrameKind::Status, FrameKind::Message]);
    assert_eq!(last(&talk, 1, "generateoffer").expect("asked")["content"]["peerId"], "own");
}

#[test]
fn roles_limit_subscribing() {
    let mut talk = relayed();
    talk.own_token = talk.token(Role::PublisherOnly);
    talk.connect(3);
    assert_eq!(talk.ask(3, "create", "/stream/s/subscriber/other", json!({})).0, 403);
}
