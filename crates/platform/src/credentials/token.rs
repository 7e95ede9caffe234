//! What tokens say, whatever their form: `T1==…` (`t1`) or a JSON web token (`jwt`).

use super::project::SigningKey;
use super::token_time::{self, TimeFault};
use super::{Project, SessionId, jwt, t1};
use precall_support::secrets::Secret;

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Subscribe and signal.
    Subscriber,
    /// Also publish.
    Publisher,
    /// Publish and signal, but not subscribe.
    PublisherOnly,
    /// Also mute others, stop their streams and disconnect them.
    Moderator,
}

impl Role {
    /// The word in a token.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::Publisher => "publisher",
            Self::PublisherOnly => "publisheronly",
            Self::Moderator => "moderator",
        }
    }

    /// The role that a token names; without one its bearer is a publisher, as the server SDKs document.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "subscriber" => Some(Self::Subscriber),
            "" | "publisher" => Some(Self::Publisher),
            "publisheronly" => Some(Self::PublisherOnly),
            "moderator" => Some(Self::Moderator),
            _ => None,
        }
    }

    /// The permissions of the connection object that a client sees as `session.capabilities`.
    pub fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::Subscriber => &["subscribe", "signal"],
            Self::Publisher => &["publish", "subscribe", "signal"],
            Self::PublisherOnly => &["publish", "signal"],
            Self::Moderator => &["publish", "subscribe", "signal", "forceunpublish", "forcedisconnect", "forcemute"],
        }
    }
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenClaims {
    /// The session it opens.
    pub session_id: String,
    /// When it was made, in seconds since the Unix epoch.
    pub create_time: u64,
    /// From when on it opens nothing, in seconds since the Unix epoch.
    pub expire_time: u64,
    /// What its bearer may do.
    pub role: Role,
    /// What the application says of its bearer; others see it.
    pub connection_data: String,
    /// The layout classes (`initial_layout_class_list`) that its bearer's streams have until a server sets others.
    pub layout_classes: Vec<String>,
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
    /// When the token was made and when it expires, with the defaults and limits of client tokens. Whether it has expired
    /// is not looked at.
    pub fn check(self, now_seconds: u64) -> Result<(u64, u64), TokenError> {
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

/// A token as text: as secret as a password.
pub type Token = Secret;

/// Why a token opens nothing. The text is what the platform answers: it must not help to forge one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not the form of a token.
    #[error("Invalid token format")]
    Malformed,
    /// Signed with another secret, or changed since.
    #[error("Invalid token signature")]
    BadSignature,
    /// For another project.
    #[error("Invalid partner id")]
    WrongProject,
    /// For another session.
    #[error("Token is not valid for this session")]
    WrongSession,
    /// Past its time.
    #[error("Token expired")]
    Expired,
    /// One of its times cannot be read.
    #[error("Invalid token: {name} {fault}")]
    BadTime {
        /// The name of the time in the token.
        name: &'static str,
        /// What is wrong with it.
        fault: TimeFault,
    },
    /// It says neither when it was made nor when it expires.
    #[error("Invalid token: it states neither its creation time nor its expiry")]
    NoTimes,
    /// A server's token without an expiry.
    #[error("Invalid token: exp is missing")]
    NoExpiry,
    /// It expires too long after it was made.
    #[error("Invalid token: it expires more than 30 days after its creation time")]
    TooLong,
    /// It is for a time to come, by more than [`CLOCK_LEEWAY_SECONDS`](super::CLOCK_LEEWAY_SECONDS).
    #[error("Invalid token: it is not valid yet; compare the clock of the server that made it")]
    NotYetValid,
    /// A role that there is not.
    #[error("Invalid token: the role is not subscriber, publisher, publisheronly or moderator")]
    UnknownRole,
    /// A claim of a JWT has another type than it should.
    #[error("Invalid token: {name} is not a text")]
    NotText {
        /// The name of the claim.
        name: &'static str,
    },
    /// A request to the REST API without any credentials.
    #[error("No credentials: the X-OPENTOK-AUTH or Authorization header is missing")]
    Missing,
    /// A client's token where a server's is wanted.
    #[error("Token is not valid for this request")]
    WrongScope,
    /// The project's own key signs nothing.
    #[error("The project's key cannot sign")]
    BadKey,
}

impl TokenClaims {
    /// A token for a session, good for `valid_seconds` from `now_seconds` on.
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

    /// The token as text, signed with the project's key: T1 for a secret, a JWT for a key pair.
    ///
    /// # Errors
    ///
    /// [`TokenError::BadKey`] when the key cannot sign.
    pub fn sign(&self, project: &Project) -> Result<Token, TokenError> {
        match &project.key {
            SigningKey::Secret(secret) => Ok(t1::sign(self, &project.api_key, secret)),
            SigningKey::RsaKeyPair(_) => jwt::sign_client(self, project),
        }
    }

    /// The token as a JSON web token.
    ///
    /// # Errors
    ///
    /// [`TokenError::BadKey`] when the key cannot sign.
    pub fn sign_jwt(&self, project: &Project) -> Result<Token, TokenError> {
        jwt::sign_client(self, project)
    }

    /// Reads a token and checks that it opens this session of this project at this time.
    ///
    /// # Errors
    ///
    /// Why it does not.
    pub fn verify(token: &str, project: &Project, session_id: &str, now_seconds: u64) -> Result<Self, TokenError> {
        let claims = match &project.key {
            _ if jwt::is_jwt(token) => jwt::read_client(token, project, now_seconds)?,
            SigningKey::Secret(secret) => t1::read(token, &project.api_key, secret, now_seconds)?,
            SigningKey::RsaKeyPair(_) => return Err(TokenError::Malformed),
        };
        if claims.session_id != session_id {
            return Err(TokenError::WrongSession);
        }
        if now_seconds >= claims.expire_time {
            return Err(TokenError::Expired);
        }
        Ok(claims)
    }
}

/// Whether a text has the form of a client's token, so that [`redact`](super::redact) knows it again.
pub fn has_token_form(text: &str) -> bool {
    (text.starts_with("T1==") || jwt::is_jwt(text))
        && precall_support::secrets::redact(text) == precall_support::secrets::REDACTED
}

/// A token with which an application's server asks the REST API.
///
/// # Errors
///
/// [`TokenError::BadKey`] when the project's key cannot sign.
pub fn server_token(project: &Project, now_seconds: u64) -> Result<Token, TokenError> {
    jwt::sign_server(project, now_seconds)
}

/// Checks that a request to the REST API is this project's.
///
/// # Errors
///
/// Why it is not.
pub fn verify_server_token(token: &str, project: &Project, now_seconds: u64) -> Result<(), TokenError> {
    jwt::verify_server(token, project, now_seconds)
}

#[cfg(test)]
mod tests;
