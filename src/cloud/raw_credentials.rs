//! The credentials as they were given, by name, and their source.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

use precall_support::secrets::Secret;

/// A credential, whatever it is called where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    ApiKey,
    ApiSecret,
    ApplicationId,
    PrivateKey,
    PrivateKeyFile,
    SessionId,
    Token,
    /// The platform that the credentials are for.
    ApiUrl,
    /// The proxy of that platform.
    ProxyUrl,
}

impl Field {
    pub const ALL: [Self; 9] = [
        Self::ApiKey,
        Self::ApiSecret,
        Self::ApplicationId,
        Self::PrivateKey,
        Self::PrivateKeyFile,
        Self::SessionId,
        Self::Token,
        Self::ApiUrl,
        Self::ProxyUrl,
    ];

    /// Whether it is a secret. Ids and places are not: they are in results.
    fn is_secret(self) -> bool {
        matches!(self, Self::ApiSecret | Self::PrivateKey | Self::Token)
    }

    /// Returns the environment variable that holds the credential.
    pub fn variable(self) -> &'static str {
        match self {
            Self::ApiKey => "PRECALL_API_KEY",
            Self::ApiSecret => "PRECALL_API_SECRET",
            Self::ApplicationId => "PRECALL_APPLICATION_ID",
            Self::PrivateKey => "PRECALL_PRIVATE_KEY",
            Self::PrivateKeyFile => "PRECALL_PRIVATE_KEY_FILE",
            Self::SessionId => "PRECALL_SESSION_ID",
            Self::Token => "PRECALL_TOKEN",
            Self::ApiUrl => "PRECALL_API_URL",
            Self::ProxyUrl => "PRECALL_PROXY_URL",
        }
    }

    /// Its key in a credentials file.
    pub fn key(self) -> &'static str {
        match self {
            Self::ApiKey => "apiKey",
            Self::ApiSecret => "apiSecret",
            Self::ApplicationId => "applicationId",
            Self::PrivateKey => "privateKey",
            Self::PrivateKeyFile => "privateKeyFile",
            Self::SessionId => "sessionId",
            Self::Token => "token",
            Self::ApiUrl => "apiUrl",
            Self::ProxyUrl => "proxyUrl",
        }
    }
}

/// The place that credentials are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CredentialSource {
    Environment,
    File(PathBuf),
}

impl CredentialSource {
    /// Returns the name of a credential in this place.
    pub fn name(&self, field: Field) -> String {
        match self {
            Self::Environment => field.variable().to_owned(),
            Self::File(_) => format!("`{}`", field.key()),
        }
    }

    /// Returns the names of several credentials in this place: `A, B and C`.
    pub fn names(&self, fields: &[Field]) -> String {
        let names: Vec<_> = fields.iter().map(|field| self.name(*field)).collect();
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => names.concat(),
        }
    }
}

impl fmt::Display for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("the environment"),
            Self::File(file) => write!(f, "{}", file.display()),
        }
    }
}

/// The credentials that were given.
#[derive(Debug)]
pub(super) struct RawCredentials {
    pub place: CredentialSource,
    values: HashMap<Field, Secret>,
}

impl RawCredentials {
    /// Collects the values that are not empty. CI systems pass on a secret that they do not have as an empty value.
    pub fn new(place: CredentialSource, values: impl IntoIterator<Item = (Field, String)>) -> Self {
        let values = values
            .into_iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(field, text)| match field.is_secret() {
                true => (field, Secret::new(text.trim())),
                false => (field, Secret::of_public(text.trim())),
            })
            .collect();
        Self { place, values }
    }

    /// From the environment, as `variable` knows it.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let values = Field::ALL.into_iter().filter_map(|field| Some((field, variable(field.variable())?)));
        Self::new(CredentialSource::Environment, values)
    }

    pub fn get(&self, field: Field) -> Option<&Secret> {
        self.values.get(&field)
    }

    pub fn has(&self, field: Field) -> bool {
        self.values.contains_key(&field)
    }

    /// Returns all of these, or else the missing ones.
    pub fn all<const N: usize>(&self, fields: [Field; N]) -> Result<[&Secret; N], Vec<Field>> {
        let found: Vec<_> = fields.iter().filter_map(|field| self.get(*field)).collect();
        found.try_into().map_err(|_| fields.into_iter().filter(|field| !self.has(*field)).collect())
    }
}
