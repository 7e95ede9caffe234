//! Signs and verifies tokens in both of their forms: `T1==…` (`t1`) and JSON web tokens (`jwt`).

use super::project::{Project, SigningKey};
use super::token_claims::{Token, TokenClaims};
use super::token_error::TokenError;
use super::{jwt, t1};

impl TokenClaims {
    /// Returns the token as text, signed with the project's key: a T1 token for a secret, a JWT for a key pair.
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

    /// Returns the token as a JSON web token.
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
    /// Returns the reason if it does not.
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

/// Returns whether a text has the form of a client's token, so that [`redact`](precall_support::secrets::redact)
/// recognises it.
pub fn has_token_form(text: &str) -> bool {
    (text.starts_with("T1==") || jwt::is_jwt(text))
        && precall_support::secrets::redact(text) == precall_support::secrets::REDACTED
}

/// Returns a token with which an application's server can use the REST API.
///
/// # Errors
///
/// [`TokenError::BadKey`] when the project's key cannot sign.
pub fn server_token(project: &Project, now_seconds: u64) -> Result<Token, TokenError> {
    jwt::sign_server(project, now_seconds)
}

/// Checks that the token of a request to the REST API is this project's.
///
/// # Errors
///
/// Returns the reason if it is not.
pub fn verify_server_token(token: &str, project: &Project, now_seconds: u64) -> Result<(), TokenError> {
    jwt::verify_server(token, project, now_seconds)
}

#[cfg(test)]
mod tests;
