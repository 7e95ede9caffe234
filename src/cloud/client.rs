//! The REST API's client: creates sessions.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::account::{Account, AccountKind, SessionCredentials};
use super::error::CloudError;
use crate::http::{HttpClients, causes};
use precall_platform::credentials::{Project, Role, SessionId, SigningKey, Token, TokenClaims, server_token};
use precall_support::secrets::redact;
use precall_support::text::Printable;

/// How long the API has for an answer.
const LIMIT: Duration = Duration::from_secs(20);

/// How long a client's token is good for, in seconds: longer than any case.
const TOKEN_SECONDS: u64 = 3600;

/// The most bytes of an answer that are read; a session has 1 kB.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// The most characters of the other side's words that are repeated.
const MAX_MESSAGE_CHARS: usize = 200;

/// A client of the REST API.
#[derive(Debug, Clone)]
pub struct CloudClient {
    http: HttpClients,
    limit: Duration,
}

/// A session in the API's answer. What else it says is of no concern here.
#[derive(Deserialize)]
struct Created {
    session_id: String,
}

impl CloudClient {
    /// A client that trusts the certificates that the system trusts, and uses its proxy.
    ///
    /// # Errors
    ///
    /// When the system has no certificates.
    pub fn new() -> Result<Self, CloudError> {
        Self::with_limit(LIMIT)
    }

    /// As [`CloudClient::new`], with another limit for an answer.
    ///
    /// # Errors
    ///
    /// As of [`CloudClient::new`].
    pub fn with_limit(limit: Duration) -> Result<Self, CloudError> {
        Ok(Self { http: HttpClients::new(limit).map_err(CloudError::NoClient)?, limit })
    }

    /// Lets a client into a session: a new one, or the one that the account has.
    ///
    /// # Errors
    ///
    /// When the platform creates none.
    pub async fn admit(&self, account: &Account) -> Result<SessionCredentials, CloudError> {
        match &account.means {
            AccountKind::Ready(admission) => Ok(admission.clone()),
            AccountKind::Project(project) => {
                let session_id = self.create_session(account, project).await?;
                let token = TokenClaims::new(&session_id, Role::Publisher, now(), TOKEN_SECONDS).sign(project)?;
                Ok(SessionCredentials { api_key: project.api_key.clone(), session_id, token })
            }
        }
    }

    async fn create_session(&self, account: &Account, project: &Project) -> Result<SessionId, CloudError> {
        let url = format!("{}/session/create", account.api_url);
        let (name, value) = authorization(project)?;
        let request = self
            .http
            .client_for(&url)
            .post(&url)
            .header(name, value)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body("p2p.preference=disabled");
        let response = request.send().await.map_err(|error| self.failure(&url, error))?;
        let status = response.status();
        let body = self.body(&url, response).await?;
        let no_session = |message: String| CloudError::NoSession { url: url.clone(), status: status.as_u16(), message };
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(CloudError::Refused {
                url,
                status: status.as_u16(),
                message: message_in(&body),
                check: account.to_check(),
            }),
            status if status.is_success() => serde_json::from_slice::<Vec<Created>>(&body)
                .ok()
                .and_then(|sessions| SessionId::given(&sessions.first()?.session_id))
                .ok_or_else(|| no_session("an answer without a session id".to_owned())),
            _ => Err(no_session(message_in(&body))),
        }
    }

    /// The answer, as far as it is read.
    async fn body(&self, url: &str, mut response: Response) -> Result<Vec<u8>, CloudError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(url, error))? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER_BYTES {
                break;
            }
        }
        Ok(body)
    }

    fn failure(&self, url: &str, error: reqwest::Error) -> CloudError {
        let url = url.to_owned();
        if error.is_timeout() {
            return CloudError::TimedOut { url, seconds: self.limit.as_secs() };
        }
        CloudError::Unreachable { url, reason: causes(&error.without_url()) }
    }
}

/// The header with which a project asks.
fn authorization(project: &Project) -> Result<(HeaderName, HeaderValue), CloudError> {
    let token: Token = server_token(project, now())?;
    let (name, text) = match project.key {
        SigningKey::Secret(_) => (HeaderName::from_static("x-opentok-auth"), token.expose().to_owned()),
        SigningKey::RsaKeyPair(_) => (AUTHORIZATION, format!("Bearer {}", token.expose())),
    };
    // A JWT is base64url and dots: there is none that a header does not take.
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| CloudError::Signing(precall_platform::credentials::TokenError::BadKey))?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// Returns the message of an answer that has the API's form: one line, shortened, without anything that a terminal
/// would obey.
fn message_in(body: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    // Vonage describes problems as RFC 9457 has them.
    let text = ["message", "detail", "title"].iter().find_map(|key| answer.get(*key)?.as_str()).unwrap_or_default();
    Printable::line_of(&redact(text), MAX_MESSAGE_CHARS).to_string()
}

fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
