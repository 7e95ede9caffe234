//! The errors between credentials and a session. No text here holds a secret.

use std::path::PathBuf;

use precall_platform::credentials::{RsaKeyError, TokenError};

/// Why there are no credentials to begin with.
#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    /// Some are not there.
    #[error("no credentials for `kind = \"{kind}\"`: {missing}; {fix}")]
    Missing {
        /// The kind of platform.
        kind: &'static str,
        /// The names of the missing credentials, and the place where they are missing.
        missing: String,
        /// The credentials to give instead.
        fix: String,
    },
    /// One is there twice, in two forms.
    #[error("{0} are both given, in {1}; keep one of them")]
    Ambiguous(String, String),
    /// A file cannot be read.
    #[error("{} cannot be read: {reason}; {named_by} names it", file.display())]
    Unreadable {
        /// The file that cannot be read.
        file: PathBuf,
        /// The reason of the system.
        reason: String,
        /// The setting or flag that names the file.
        named_by: String,
    },
    /// A file with secrets that others can read.
    #[error("{0} holds secrets and can be read by others than its owner (mode {1:o}); `chmod 600 {0}`", file.display(), mode)]
    ReadableByOthers {
        /// The file with the secrets.
        file: PathBuf,
        /// The permission bits of the file.
        mode: u32,
    },
    /// A credentials file that says something else.
    #[error("{}, line {line}: {problem}", file.display())]
    BadFile {
        /// The credentials file.
        file: PathBuf,
        /// The line of the file with the mistake, from 1.
        line: usize,
        /// The mistake, and what would be right.
        problem: String,
    },
    /// The scenario sends them where they are not for.
    #[error("the credentials in {place} {problem}; {fix}")]
    OtherDestination {
        /// The environment, or the file that holds the credentials.
        place: String,
        /// The mistake in the destination.
        problem: String,
        /// The change that would allow the destination.
        fix: String,
    },
    /// Something that cannot be a private key.
    #[error(
        "{name}, in {place}, holds no private key: {reason}; it is the file that the application's page lets you download"
    )]
    BadKey {
        /// The name of the credential.
        name: String,
        /// The environment, or the file that holds the credential.
        place: String,
        /// The reason why it is no private key.
        reason: RsaKeyError,
    },
    /// Something that cannot be a session id, or a token.
    #[error("{name}, in {place}, is no {what}; {fix}")]
    BadForm {
        /// The name of the credential.
        name: String,
        /// The environment, or the file that holds the credential.
        place: String,
        /// The kind of credential that is expected.
        what: &'static str,
        /// The form of a credential of that kind.
        fix: &'static str,
    },
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// The platform does not accept the credentials.
    #[error("{url} refuses the credentials ({status}{}); check {check}, and this machine's clock", said(.message))]
    Refused {
        /// The URL of the request.
        url: String,
        /// The status of its answer.
        status: u16,
        /// The message in the answer. Empty without one.
        message: String,
        /// The names of the credentials to look at, and their place.
        check: String,
    },
    /// The platform cannot be reached.
    #[error(
        "{url} cannot be reached: {reason}; check the network, its proxy (HTTPS_PROXY), and `apiUrl` in [platform]"
    )]
    Unreachable {
        /// The URL of the request.
        url: String,
        /// The cause of the failed connection.
        reason: String,
    },
    /// No answer in time.
    #[error("{url} did not answer within {seconds} s; check the network, and `apiUrl` in [platform]")]
    TimedOut {
        /// The URL of the request.
        url: String,
        /// The time limit in seconds.
        seconds: u64,
    },
    /// Any other answer than a session.
    #[error("{url} created no session: it answered {status}{}; check `apiUrl` in [platform], or try again later", said(.message))]
    NoSession {
        /// The URL of the request.
        url: String,
        /// The status of its answer.
        status: u16,
        /// The message in the answer, or the mistake in the answer. Empty without either.
        message: String,
    },
    /// The client itself does not come to be.
    #[error(
        "the HTTPS client cannot be made: {0}; the system's CA certificates have to be installed (package `ca-certificates`)"
    )]
    NoClient(String),
    /// The key signs nothing.
    #[error("no token could be signed: {0}")]
    Signing(#[from] TokenError),
    /// A case needs an account that was not resolved before the run.
    #[error("the account of this case was not looked for; this is a fault of precall")]
    NoAccount,
}

/// Formats the message of a platform for use behind a status.
fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}
