//! The requests of servers and moderators that affect clients.

use super::relayed::relayed;
use super::*;
use crate::messaging::{ServerReply, ServerRequest};

#[test]
fn servers_signal_mute_and_disconnect() {
    let mut talk = relayed();
    let stream = || "s".to_owned();
    let ServerReply::Many(streams) = talk.session.handle_server_request(ServerRequest::Streams) else {
        panic!("a list")
    };
    assert_eq!(streams, [json!({ "id": "s", "videoType": "camera", "name": "", "layoutClassList": [] })]);
    let items = vec![(stream(), vec!["full".to_owned()])];
    assert_eq!(talk.session.handle_server_request(ServerRequest::SetLayoutClasses { items }), ServerReply::Done);
    let ServerReply::One(one) = talk.session.handle_server_request(ServerRequest::Stream { id: stream() }) else {
        panic!("one")
    };
    assert_eq!(one["layoutClassList"], json!(["full"]));
    let signal = |data: String| ServerRequest::Signal { to: None, kind: "t".to_owned(), data };
    assert_eq!(talk.session.handle_server_request(signal("d".to_owned())), ServerReply::Done);
    assert_eq!(talk.session.handle_server_request(signal("d".repeat(8193))), ServerReply::TooLarge);
    assert_eq!(talk.session.handle_server_request(ServerRequest::MuteStream { id: stream() }), ServerReply::Done);
    let mute_all = ServerRequest::MuteAll { active: true, except: Vec::new() };
    assert_eq!(talk.session.handle_server_request(mute_all), ServerReply::Done);
    talk.drain();
    assert_eq!(last(&talk, 2, "signal").expect("heard")["content"], json!({ "type": "t", "data": "d" }));
    let mute = json!({ "reason": "mute", "channels": ["audio"], "active": true, "locked": false });
    assert_eq!(last(&talk, 1, "update").expect("heard")["content"], mute);
    assert_eq!(last(&talk, 2, "update").expect("heard")["content"]["exclusion"], json!([]));
    for unknown in [
        ServerRequest::Stream { id: "x".to_owned() },
        ServerRequest::MuteStream { id: "x".to_owned() },
        ServerRequest::Disconnect { connection: "x".to_owned() },
        ServerRequest::SetLayoutClasses { items: vec![("x".to_owned(), Vec::new())] },
    ] {
        assert_eq!(talk.session.handle_server_request(unknown), ServerReply::NotFound);
    }
    assert!(!talk.session.is_empty());
}

#[test]
fn only_moderators_mute_others() {
    let mut talk = relayed();
    let mute = json!({ "reason": "mute", "channels": ["audio"], "active": true, "exclusion": [] });
    assert_eq!(talk.ask(2, "update", "/stream/s", mute.clone()).0, 403);
    assert_eq!(talk.ask(2, "update", "", mute.clone()).0, 403);
    assert!(last(&talk, 1, "update").is_none());
    talk.own_token = talk.token(Role::Moderator);
    talk.connect(3);
    assert_eq!(talk.ask(3, "update", "/stream/unknown", mute.clone()).0, 404);
    assert_eq!(talk.ask(3, "update", "", mute).0, 200);
    assert_eq!(last(&talk, 1, "update").expect("heard")["content"]["reason"], "mute");
    // A client that publishes later is muted as well.
    let before = talk.sent.len();
    talk.ask(1, "create", "/stream/later", json!({ "channel": [] }));
    assert!(talk.sent[before..].iter().any(|(_, frame)| String::from_utf8_lossy(&frame.payload).contains("\"mute\"")));
}
