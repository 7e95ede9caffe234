//! The events that a platform reports to its operator.

use super::limits::{MAX_EVENT_TEXT_BYTES, MAX_LOGGED_BYTES};
use super::media::PeerId;
use super::messaging::Activity;
use super::session_registry::SessionOptions;
use crate::credentials::TokenError;

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
    /// Returns the event with its texts cut to their limits: most of them are what a client sent.
    pub(super) fn shortened(mut self) -> Self {
        match &mut self {
            Self::TokenRefused(_) | Self::UnknownSession | Self::SessionCreated { .. } | Self::LeftOut(_) => {}
            Self::Logged { action, variation } => {
                [action, variation].into_iter().for_each(|text| cut(text, MAX_LOGGED_BYTES));
            }
            Self::NotProvided(text) | Self::UnknownPath(text) => cut(text, MAX_EVENT_TEXT_BYTES),
            Self::RequestRefused { value, reason, .. } => {
                [value, reason].into_iter().for_each(|text| cut(text, MAX_EVENT_TEXT_BYTES));
            }
            Self::Session { activity, .. } => match activity {
                Activity::Connected { connection: text }
                | Activity::Disconnected { connection: text, .. }
                | Activity::Published { stream: text }
                | Activity::Unpublished { stream: text }
                | Activity::Subscribed { subscriber: text }
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

/// Cuts a text after this many bytes, and marks the cut by an ellipsis.
fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('\u{2026}');
        // The memory of the part that was cut off is released as well.
        text.shrink_to_fit();
    }
}
