//! The events that a platform reports to its operator.

use super::limits::{MAX_EVENT_TEXT_BYTES, MAX_LOGGED_BYTES};
use super::media::{FallbackChange, PeerId};
use super::messaging::Activity;
use super::session_registry::{MediaMode, SessionOptions};
use crate::credentials::TokenError;
use precall_netem::fault::Fault;

/// Something that happened on the platform. Never holds a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlatformEvent {
    /// A client requested session info with a token that is not valid.
    TokenRefused(TokenError),
    /// A client requested a session that does not exist.
    UnknownSession,
    /// A session was created.
    SessionCreated {
        /// The id of the session.
        session: String,
        /// The options that the session was created with.
        options: SessionOptions,
    },
    /// Something happened in a session.
    Session {
        /// The session's id.
        session: String,
        /// The event within the session.
        activity: Activity,
    },
    /// A client logged a step: `Connect`, `Publish`, `Subscribe`, … and `Attempt`, `Success` or `Failure`.
    Logged {
        /// The step that the client logged, such as `Connect`.
        action: String,
        /// How far it came.
        variation: String,
    },
    /// A fault of a service has begun.
    FaultBegan(Fault),
    /// A server requested a feature that the cloud provides and the platform does not. Holds the name of the feature.
    NotProvided(String),
    /// The listener refused a request before it reached the platform.
    RequestRefused {
        /// The header that caused the refusal: `origin` or `host`.
        what: &'static str,
        /// The value of that header.
        value: String,
        /// Why, with what would let it in.
        reason: String,
    },
    /// A request that no route takes.
    UnknownPath(String),
    /// This many events were dropped here because the receiver was too slow.
    LeftOut(u64),
}

impl PlatformEvent {
    /// Returns the name of the event, in words, and its details by name. No name and no detail is a token; a text of a
    /// client is unchanged, control characters included.
    pub fn described(&self) -> (&'static str, Vec<(&'static str, String)>) {
        match self {
            Self::TokenRefused(reason) => ("token refused", vec![("reason", reason.to_string())]),
            Self::UnknownSession => ("unknown session", Vec::new()),
            Self::SessionCreated { session, options } => {
                let mode = match options.media_mode {
                    MediaMode::Routed => "routed",
                    MediaMode::Relayed => "relayed",
                };
                ("session created", vec![("session", session.clone()), ("mediaMode", mode.to_owned())])
            }
            Self::Logged { action, variation } => {
                ("client logged", vec![("action", action.clone()), ("variation", variation.clone())])
            }
            Self::FaultBegan(Fault { service, action, .. }) => {
                ("fault began", vec![("service", service.as_str().to_owned()), ("action", action.to_string())])
            }
            Self::NotProvided(what) => ("not provided", vec![("request", what.clone())]),
            Self::RequestRefused { what, value, reason } => {
                ("request refused", vec![(*what, value.clone()), ("reason", reason.clone())])
            }
            Self::LeftOut(count) => ("events left out", vec![("count", count.to_string())]),
            Self::UnknownPath(path) => ("unknown path", vec![("path", path.clone())]),
            Self::Session { session, activity } => {
                let (what, mut details) = described_activity(activity);
                details.push(("session", session.clone()));
                (what, details)
            }
        }
    }

    /// Returns the event with its texts cut to their limits: most of them are what a client sent.
    pub(super) fn shortened(mut self) -> Self {
        match &mut self {
            Self::TokenRefused(_)
            | Self::UnknownSession
            | Self::SessionCreated { .. }
            | Self::FaultBegan(_)
            | Self::LeftOut(_) => {}
            Self::Logged { action, variation } => {
                [action, variation].into_iter().for_each(|text| cut(text, MAX_LOGGED_BYTES));
            }
            Self::NotProvided(text) | Self::UnknownPath(text) => cut(text, MAX_EVENT_TEXT_BYTES),
            Self::RequestRefused { value, reason, .. } => {
                [value, reason].into_iter().for_each(|text| cut(text, MAX_EVENT_TEXT_BYTES));
            }
            Self::Session { activity, .. } => match activity {
                Activity::Published { stream, connection, name, media: _ } => {
                    [stream, connection, name].into_iter().for_each(|text| cut(text, MAX_EVENT_TEXT_BYTES));
                }
                Activity::Subscribing { subscriber, connection, stream, tracks } => {
                    let texts = [subscriber, connection, stream].into_iter().chain(tracks);
                    texts.for_each(|text| cut(text, MAX_EVENT_TEXT_BYTES));
                }
                Activity::Connected { connection: text, .. }
                | Activity::Resumed { connection: text }
                | Activity::Disconnected { connection: text, .. }
                | Activity::MediaChanged { stream: text, .. }
                | Activity::Unpublished { stream: text }
                | Activity::Subscribed { subscriber: text }
                | Activity::Unsubscribed { subscriber: text }
                | Activity::Fallback { subscriber: text, .. } => cut(text, MAX_EVENT_TEXT_BYTES),
                Activity::UnknownRequest { method, uri } => {
                    [method, uri].into_iter().for_each(|text| cut(text, MAX_EVENT_TEXT_BYTES));
                }
                Activity::MediaFailed { peer, reason } => {
                    let (PeerId::Publisher(id) | PeerId::Subscriber(id)) = peer;
                    [id, reason].into_iter().for_each(|text| cut(text, MAX_EVENT_TEXT_BYTES));
                }
            },
        }
        self
    }
}

fn described_activity(activity: &Activity) -> (&'static str, Vec<(&'static str, String)>) {
    match activity {
        Activity::Connected { connection, access: _ } => ("connected", vec![("connection", connection.clone())]),
        Activity::Resumed { connection } => ("resumed", vec![("connection", connection.clone())]),
        Activity::Disconnected { connection, reason } => {
            ("disconnected", vec![("connection", connection.clone()), ("reason", (*reason).to_owned())])
        }
        Activity::Published { stream, connection, .. } => {
            ("published", vec![("stream", stream.clone()), ("connection", connection.clone())])
        }
        Activity::MediaChanged { stream, media } => {
            let on = |is_on| if is_on { "on" } else { "off" }.to_owned();
            ("media changed", vec![("stream", stream.clone()), ("audio", on(media.audio)), ("video", on(media.video))])
        }
        Activity::Unpublished { stream } => ("unpublished", vec![("stream", stream.clone())]),
        Activity::Subscribing { subscriber, connection, stream, tracks: _ } => {
            let details = [("subscriber", subscriber), ("stream", stream), ("connection", connection)];
            ("subscribing", details.map(|(name, value)| (name, value.clone())).to_vec())
        }
        Activity::Unsubscribed { subscriber } => ("unsubscribed", vec![("subscriber", subscriber.clone())]),
        Activity::Subscribed { subscriber } => ("subscribed", vec![("subscriber", subscriber.clone())]),
        Activity::Fallback { subscriber, change } => {
            let what = match change {
                FallbackChange::Warning => "video warned",
                FallbackChange::WarningLifted => "warning lifted",
                FallbackChange::VideoDisabled => "video disabled",
                FallbackChange::VideoEnabled => "video enabled",
            };
            (what, vec![("subscriber", subscriber.clone())])
        }
        Activity::UnknownRequest { method, uri } => {
            ("unknown request", vec![("method", method.clone()), ("uri", uri.clone())])
        }
        Activity::MediaFailed { peer, reason } => {
            ("media failed", vec![("peer", format!("{peer:?}")), ("reason", reason.clone())])
        }
    }
}

/// Cuts a text after this many bytes, and marks the cut by an ellipsis.
fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('\u{2026}');
        // The memory of the part that was cut off is released as well.
        text.shrink_to_fit();
    }
}
