//! What a platform tells whoever runs it.

use super::limits::{MAX_EVENT_TEXT_BYTES, MAX_LOGGED_BYTES};
use super::media::PeerId;
use super::messaging::Activity;
use super::session_registry::SessionOptions;
use crate::credentials::TokenError;

/// Something that happened on the platform. Never holds a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlatformEvent {
    /// A client asked for session info with a token that opens nothing.
    TokenRefused(TokenError),
    /// A client asked for a session that does not exist.
    UnknownSession,
    /// A session was created.
    SessionCreated {
        /// Its id.
        session: String,
        /// What it was created with.
        options: SessionOptions,
    },
    /// Something happened in a session.
    Session {
        /// The session's id.
        session: String,
        /// What happened.
        activity: Activity,
    },
    /// A client logged a step: `Connect`, `Publish`, `Subscribe`, … and `Attempt`, `Success` or `Failure`.
    Logged {
        /// What was done.
        action: String,
        /// How far it came.
        variation: String,
    },
    /// A server asked for something that the cloud has and the platform has not: what.
    NotProvided(String),
    /// The listener refused a request before it reached the platform.
    RequestRefused {
        /// What was wrong with it: `origin` or `host`.
        what: &'static str,
        /// Which origin or host it was.
        value: String,
        /// Why, with what would let it in.
        reason: String,
    },
    /// A request that no route takes.
    UnknownPath(String),
    /// So many events are missing here, as whoever listens did not keep up.
    LeftOut(u64),
}

impl PlatformEvent {
    /// The event with its texts cut to their limits: most of them are what a client sent.
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

/// Cuts a text after so many bytes, and says by an ellipsis that it did.
fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('\u{2026}');
        // What was cut off is no longer held either.
        text.shrink_to_fit();
    }
}
