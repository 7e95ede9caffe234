//! Audio fallback: what a subscriber's client is told, and who has it.

use super::*;
use crate::media::FallbackChange;

/// Whether a subscriber to a stream of this content is to have audio fallback.
fn has_fallback(content: Value) -> bool {
    let mut talk = Talk::new();
    talk.connect(1);
    assert_eq!(talk.ask(1, "create", "/stream/s", content).0, 200);
    talk.ask(1, "offer", "/stream/s", json!({ "sdp": "v=0" }));
    talk.media(MediaEvent::Connected { peer: PeerId::Publisher("s".to_owned()) });
    talk.ask(1, "create", "/stream/s/subscriber/u", json!({}));
    let asked = talk.other.iter().find_map(|output| match output {
        Output::Media(MediaRequest::Subscribe { audio_fallback, .. }) => Some(*audio_fallback),
        _ => None,
    });
    asked.expect("the router is asked")
}

#[test]
fn audio_fallback_is_chosen_by_the_publisher() {
    let video = |source: &str| json!([{ "id": "video1", "type": "video", "source": source }]);
    assert!(has_fallback(json!({ "channel": video("camera") })));
    assert!(!has_fallback(json!({ "channel": video("screen") })));
    for name in ["audioFallbackEnabled", "subscriberAudioFallbackEnabled"] {
        assert!(!has_fallback(json!({ "channel": video("camera"), name: false })), "{name}");
        assert!(has_fallback(json!({ "channel": video("screen"), name: true })), "{name}");
    }
    // The newer name wins; that of publishers says nothing about subscribers.
    assert!(has_fallback(json!({ "subscriberAudioFallbackEnabled": true, "audioFallbackEnabled": false })));
    assert!(has_fallback(json!({ "publisherAudioFallbackEnabled": false })));
}

#[test]
fn only_the_subscriber_is_notified_of_fallback() {
    let mut talk = Talk::new();
    talk.connect(1);
    talk.connect(2);
    let channel = json!([{ "id": "audio1", "type": "audio" }, { "id": "video1", "type": "video" }]);
    talk.ask(1, "create", "/stream/s", json!({ "channel": channel }));
    talk.ask(1, "offer", "/stream/s", json!({ "sdp": "v=0" }));
    talk.media(MediaEvent::Connected { peer: PeerId::Publisher("s".to_owned()) });
    talk.ask(2, "create", "/stream/s/subscriber/u", json!({}));
    let others = talk.messages(1).len();
    for (change, method, content) in [
        (FallbackChange::Warning, "updated", json!({ "disableWarning": true })),
        (FallbackChange::WarningLifted, "updated", json!({ "disableWarning": false })),
        (FallbackChange::VideoDisabled, "update", json!({ "active": false })),
        (FallbackChange::VideoEnabled, "update", json!({ "active": true })),
    ] {
        talk.media(MediaEvent::Fallback { subscriber: "u".to_owned(), change });
        let told = last(&talk, 2, method).expect("told");
        assert!(told["uri"].as_str().expect("a URI").ends_with("/stream/s/subscriber/u/channel/video1"), "{told}");
        assert_eq!(told["content"], content);
        assert!(talk.other.contains(&Output::Activity(Activity::Fallback { subscriber: "u".to_owned(), change })));
    }
    assert_eq!(talk.messages(1).len(), others);
    let unknown = MediaEvent::Fallback { subscriber: "x".to_owned(), change: FallbackChange::Warning };
    talk.media(unknown);
}
