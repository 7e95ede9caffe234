//! Why a token is refused.

use super::token_time::TimeFault;

/// Why a token opens nothing. The text is what the platform answers: it must not help to forge one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The text does not have the form of a token.
    #[error("Invalid token format")]
    Malformed,
    /// The token was signed with another secret, or changed since.
    #[error("Invalid token signature")]
    BadSignature,
    /// The token is for another project.
    #[error("Invalid partner id")]
    WrongProject,
    /// The token is for another session.
    #[error("Token is not valid for this session")]
    WrongSession,
    /// The token has expired.
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
    /// The token has neither a creation time nor an expiry time.
    #[error("Invalid token: it states neither its creation time nor its expiry")]
    NoTimes,
    /// A server's token without an expiry.
    #[error("Invalid token: exp is missing")]
    NoExpiry,
    /// The token expires too long after its creation.
    #[error("Invalid token: it expires more than 30 days after its creation time")]
    TooLong,
    /// The token becomes valid in the future, by more than five minutes of clock skew.
    #[error("Invalid token: it is not valid yet; compare the clock of the server that made it")]
    NotYetValid,
    /// The role does not exist.
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
    /// The project's own key cannot sign.
    #[error("The project's key cannot sign")]
    BadKey,
}
