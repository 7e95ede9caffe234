//! A project: an id, and the key that signs its tokens.

use super::RsaKeyPair;
use precall_support::secrets::Secret;

/// An OpenTok project, or a Vonage application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The API key, or the application's id: public, in every session and token.
    pub api_key: String,
    /// The key that signs the project's tokens.
    pub key: SigningKey,
}

/// The key that signs a project's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningKey {
    /// An OpenTok project's API secret: T1 tokens, and JWTs with HS256.
    Secret(Secret),
    /// A Vonage application's key pair: JWTs with RS256.
    RsaKeyPair(RsaKeyPair),
}

impl Project {
    /// Returns an OpenTok project.
    pub fn opentok(api_key: impl Into<String>, secret: Secret) -> Self {
        Self { api_key: api_key.into(), key: SigningKey::Secret(secret) }
    }

    /// Returns a Vonage application.
    pub fn vonage(application_id: impl Into<String>, key_pair: RsaKeyPair) -> Self {
        Self { api_key: application_id.into(), key: SigningKey::RsaKeyPair(key_pair) }
    }

    /// Returns an OpenTok project with a random secret, for a single run.
    pub fn generate() -> Self {
        Self::opentok("100", Secret::new(uuid::Uuid::new_v4().simple().to_string()))
    }
}
