//! Who a run is on a platform elsewhere.

use super::given::{Field, Place};
use precall_platform::credentials::{Project, SessionId, Token};
use precall_scenario::CloudKind;

/// Who a run is on a platform elsewhere: what may create sessions there, or one that exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub(super) kind: CloudKind,
    /// Without a slash at the end.
    pub(super) api_url: String,
    pub(super) means: Means,
    pub(super) place: Place,
}

/// What an account comes to sessions with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Means {
    /// It creates them, and signs tokens for them.
    Project(Project),
    /// It has one, with a token.
    Ready(Admission),
}

/// All that a client needs to get into a session.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// The API key, or the application's id.
    pub api_key: String,
    /// The session.
    pub session_id: SessionId,
    /// Opens it.
    pub token: Token,
}

impl Account {
    /// The API key, or the application's id: public.
    pub fn api_key(&self) -> &str {
        match &self.means {
            Means::Project(project) => &project.api_key,
            Means::Ready(admission) => &admission.api_key,
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

    /// Which credentials to look at when they are refused.
    pub(super) fn to_check(&self) -> String {
        let fields = match self.kind {
            CloudKind::OpenTok => self.place.names(&[Field::ApiKey, Field::ApiSecret]),
            CloudKind::Vonage => format!("{} and the private key", self.place.name(Field::ApplicationId)),
        };
        format!("{fields} in {}", self.place)
    }
}
