//! What a platform tells whoever runs it.

use super::directory::SessionOptions;
use super::messaging::Activity;
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
}
