//! The account of a run on a remote platform.

use super::raw_credentials::{CredentialSource, Field};
use precall_platform::credentials::{Project, SessionId, Token};
use precall_scenario::CloudKind;

/// The account of a run on a remote platform: a project that may create sessions there, or a session that exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub(super) kind: CloudKind,
    /// Without a slash at the end.
    pub(super) api_url: String,
    pub(super) means: AccountKind,
    pub(super) place: CredentialSource,
}

/// The credentials with which an account gets into sessions.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum AccountKind {
    /// It creates them, and signs tokens for them.
    Project(Project),
    /// It has one, with a token.
    Ready(SessionCredentials),
}

/// All that a client needs to get into a session.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionCredentials {
    /// The API key, or the application's id.
    pub api_key: String,
    /// The id of the session.
    pub session_id: SessionId,
    /// The token with which a client connects to the session.
    pub token: Token,
}

impl Account {
    /// The API key, or the application's id: public.
    pub fn api_key(&self) -> &str {
        match &self.means {
            AccountKind::Project(project) => &project.api_key,
            AccountKind::Ready(admission) => &admission.api_key,
        }
    }

    /// Where its platform's REST API is.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// Where its credentials stand, in words.
    pub fn source(&self) -> String {
        self.place.to_string()
    }

    /// Returns the names of the credentials to look at when they are refused.
    pub(super) fn to_check(&self) -> String {
        let fields = match self.kind {
            CloudKind::OpenTok => self.place.names(&[Field::ApiKey, Field::ApiSecret]),
            CloudKind::Vonage => format!("{} and the private key", self.place.name(Field::ApplicationId)),
        };
        format!("{fields} in {}", self.place)
    }
}
