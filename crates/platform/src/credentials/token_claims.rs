//! The claims of a client's token.

use super::role::Role;
use super::session_id::SessionId;
use super::token_error::TokenError;
use super::token_time;
use precall_support::secrets::Secret;

/// A token as text. It is as secret as a password.
pub type Token = Secret;

/// The claims of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenClaims {
    /// The id of the session that it opens.
    pub session_id: String,
    /// The time of its creation, in seconds since the Unix epoch.
    pub create_time: u64,
    /// The time of its expiry, in seconds since the Unix epoch.
    pub expire_time: u64,
    /// The role of its bearer.
    pub role: Role,
    /// The application's data about its bearer, which other clients see.
    pub connection_data: String,
    /// The layout classes (`initial_layout_class_list`) that its bearer's streams have until a server sets others.
    pub layout_classes: Vec<String>,
}

impl TokenClaims {
    /// Creates claims for a session that are valid for `valid_seconds` from `now_seconds` on.
    pub fn new(session_id: &SessionId, role: Role, now_seconds: u64, valid_seconds: u64) -> Self {
        Self {
            session_id: session_id.as_str().to_owned(),
            create_time: now_seconds,
            expire_time: now_seconds + valid_seconds,
            role,
            connection_data: String::new(),
            layout_classes: Vec::new(),
        }
    }
}

/// The times that a token states, in seconds since the Unix epoch; `None` where it states none.
#[derive(Debug, Clone, Copy)]
pub(super) struct TokenTimes {
    /// `create_time` of a T1 token, `iat` of a JWT.
    pub created: Option<u64>,
    /// `expire_time` of a T1 token, `exp` of a JWT.
    pub expires: Option<u64>,
}

impl TokenTimes {
    /// Returns the times of creation and expiry, with the defaults and within the limits of client tokens. Does not
    /// check whether the token has expired.
    pub(super) fn check(self, now_seconds: u64) -> Result<(u64, u64), TokenError> {
        let Self { created, expires } = self;
        if created.is_some_and(|created| created > now_seconds.saturating_add(token_time::CLOCK_LEEWAY_SECONDS)) {
            return Err(TokenError::NotYetValid);
        }
        let (created, expires) = match (created, expires) {
            (None, None) => return Err(TokenError::NoTimes),
            (Some(created), None) => (created, created.saturating_add(token_time::DEFAULT_LIFETIME_SECONDS)),
            (created, Some(expires)) => (created.unwrap_or(now_seconds), expires),
        };
        if expires > created.saturating_add(token_time::MAX_LIFETIME_SECONDS) {
            return Err(TokenError::TooLong);
        }
        Ok((created, expires))
    }
}
