//! The JSON messages inside rumor frames: a method on a resource.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A raptor message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Message {
    /// `create`, `update`, `delete`, `offer`, …; from the server `created`, `updated`, `deleted`, `generateoffer`, …
    pub method: String,
    /// The resource, under the session's own URI.
    pub uri: String,
    /// The content of the message.
    #[serde(default)]
    pub content: Value,
    /// Why something was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Message {
    /// Returns a message from the server.
    pub(super) fn new(method: &str, uri: impl Into<String>, content: Value) -> Self {
        Self { method: method.to_owned(), uri: uri.into(), content, reason: None }
    }

    /// Sets the reason of the message.
    pub(super) fn reason(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }
}

/// A resource of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resource {
    /// The session itself.
    Session,
    /// `connection/<id>`, a client's connection.
    Connection(String),
    /// `signal/<id>`, a signal to all connections.
    Signal,
    /// `connection/<id>/signal/<id>`: to one connection.
    SignalTo(String),
    /// `stream/<id>`, a published stream.
    Stream(String),
    /// `stream/<id>/channel/<id>`, the audio or video of a stream.
    StreamChannel {
        /// The id of the stream.
        stream: String,
        /// `audio1`, `video1`, …
        channel: String,
    },
    /// `stream/<id>/subscriber/<id>`, a subscriber to a stream.
    Subscriber {
        /// The id of the stream.
        stream: String,
        /// The id of the subscriber.
        subscriber: String,
    },
    /// `stream/<id>/subscriber/<id>/channel/<id>`, the audio or video of a subscriber.
    SubscriberChannel {
        /// The id of the stream.
        stream: String,
        /// The id of the subscriber.
        subscriber: String,
        /// `audio1`, `video1`, …
        channel: String,
    },
}

impl Resource {
    /// Reads a URI under `session_uri`; `None` when it is not one of the resources above.
    pub(super) fn parse(uri: &str, session_uri: &str) -> Option<Self> {
        let rest = uri.strip_prefix(session_uri)?;
        let words: Vec<&str> = rest.split('/').skip(1).collect();
        let own = |text: &str| text.to_owned();
        Some(match words.as_slice() {
            [] if rest.is_empty() => Self::Session,
            ["connection", id] => Self::Connection(own(id)),
            ["signal", _] => Self::Signal,
            ["connection", id, "signal", _] => Self::SignalTo(own(id)),
            ["stream", id] => Self::Stream(own(id)),
            ["stream", id, "channel", channel] => Self::StreamChannel { stream: own(id), channel: own(channel) },
            ["stream", id, "subscriber", subscriber] => {
                Self::Subscriber { stream: own(id), subscriber: own(subscriber) }
            }
            ["stream", id, "subscriber", subscriber, "channel", channel] => {
                Self::SubscriberChannel { stream: own(id), subscriber: own(subscriber), channel: own(channel) }
            }
            _ => return None,
        })
    }
}

/// Returns the URI of a session, which begins the URI of each of its resources.
pub(super) fn session_uri(api_key: &str, session_id: &str) -> String {
    format!("/v2/partner/{api_key}/session/{session_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_read_from_uris() {
        let session = session_uri("1", "2_x");
        let parse = |rest: &str| Resource::parse(&format!("{session}{rest}"), &session);
        let (stream, subscriber, channel) = ("s".to_owned(), "u".to_owned(), "audio1".to_owned());
        assert_eq!(parse(""), Some(Resource::Session));
        assert_eq!(parse("/connection/c"), Some(Resource::Connection("c".to_owned())));
        assert_eq!(parse("/connection/c/signal/x"), Some(Resource::SignalTo("c".to_owned())));
        assert_eq!(parse("/signal/x"), Some(Resource::Signal));
        assert_eq!(parse("/stream/s"), Some(Resource::Stream(stream.clone())));
        assert_eq!(
            parse("/stream/s/channel/audio1"),
            Some(Resource::StreamChannel { stream: stream.clone(), channel: channel.clone() })
        );
        assert_eq!(
            parse("/stream/s/subscriber/u"),
            Some(Resource::Subscriber { stream: stream.clone(), subscriber: subscriber.clone() })
        );
        assert_eq!(
            parse("/stream/s/subscriber/u/channel/audio1"),
            Some(Resource::SubscriberChannel { stream, subscriber, channel })
        );
        assert_eq!(parse("/archive/x"), None);
        assert_eq!(parse("x"), None);
        assert_eq!(Resource::parse("/v2/partner/1/session/other", &session), None);
    }
}
