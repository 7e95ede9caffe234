//! What goes wrong between credentials and a session. No text here holds a secret.

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
        /// Which are missing, and where.
        missing: String,
        /// What to do.
        fix: String,
    },
    /// One is there twice, in two forms.
    #[error("{0} are both given, in {1}; keep one of them")]
    Ambiguous(String, String),
    /// A file cannot be read.
    #[error("{} cannot be read: {reason}; {named_by} names it", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
        /// Who says that it is there.
        named_by: String,
    },
    /// A file with secrets that others can read.
    #[error("{0} holds secrets and can be read by others than its owner (mode {1:o}); `chmod 600 {0}`", file.display(), mode)]
    ReadableByOthers {
        /// The file.
        file: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A credentials file that says something else.
    #[error("{}, line {line}: {problem}", file.display())]
    BadFile {
        /// The file.
        file: PathBuf,
        /// Where in it.
        line: usize,
        /// What is wrong, and what would be right.
        problem: String,
    },
    /// The scenario sends them where they are not for.
    #[error("the credentials in {place} {problem}; {fix}")]
    Elsewhere {
        /// Where the credentials stand.
        place: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        fix: String,
    },
    /// Something that cannot be a private key.
    #[error(
        "{name}, in {place}, holds no private key: {reason}; it is the file that the application's page lets you download"
    )]
    BadKey {
        /// What it is called.
        name: String,
        /// Where it stands.
        place: String,
        /// Why not.
        reason: RsaKeyError,
    },
    /// Something that cannot be a session id, or a token.
    #[error("{name}, in {place}, is no {what}; {fix}")]
    BadForm {
        /// What it is called.
        name: String,
        /// Where it stands.
        place: String,
        /// What it should be.
        what: &'static str,
        /// What to do.
        fix: &'static str,
    },
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// The platform does not accept the credentials.
    #[error("{url} refuses the credentials ({status}{}); check {check}, and this machine's clock", said(.message))]
    Refused {
        /// What was asked.
        url: String,
        /// The status of its answer.
        status: u16,
        /// What it says.
        message: String,
        /// Which credentials to look at, and where they stand.
        check: String,
    },
    /// Nobody answers there.
    #[error(
        "{url} cannot be reached: {reason}; check the network, its proxy (HTTPS_PROXY), and `apiUrl` in [platform]"
    )]
    Unreachable {
        /// What was asked.
        url: String,
        /// Why not.
        reason: String,
    },
    /// No answer in time.
    #[error("{url} did not answer within {seconds} s; check the network, and `apiUrl` in [platform]")]
    TimedOut {
        /// What was asked.
        url: String,
        /// The limit.
        seconds: u64,
    },
    /// Any other answer than a session.
    #[error("{url} created no session: it answered {status}{}; check `apiUrl` in [platform], or try again later", said(.message))]
    NoSession {
        /// What was asked.
        url: String,
        /// The status of its answer.
        status: u16,
        /// What it says, or what is wrong with what it says.
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
    /// A case asks for an account that nobody looked for.
    #[error("the account of this case was not looked for; this is a fault of precall")]
    NoAccount,
}

/// What the other side says, behind a status.
fn said(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}
