//! A project: an API key and its secret.

use super::Secret;

/// An OpenTok project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The API key: public, in every session id and token.
    pub api_key: String,
    /// The API secret: signs tokens.
    pub secret: Secret,
}

impl Project {
    /// A project of its own with a random secret, good for one run.
    pub fn generate() -> Self {
        Self { api_key: "100".to_owned(), secret: Secret::new(uuid::Uuid::new_v4().simple().to_string()) }
    }
}
