//! Why a run is not in a store, or cannot be read from it.

/// A run is not in a store, or cannot be read from it. No text has more of an address than its host, or its bucket.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no HTTP client, since the system has no certificates.
    #[error("the store cannot be asked: {0}; install the system's CA certificates (package `ca-certificates`)")]
    NoClient(String),
    /// The token for the store cannot stand in a header.
    #[error("the token in {0} has characters that no HTTP header can have; write it in one line of ASCII")]
    BadToken(&'static str),
    /// The keys for a bucket were not given.
    #[error("{reason}; correct it, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")]
    NoKeys {
        /// Who should give them, and why it does not.
        reason: String,
    },
    /// The store did not answer.
    #[error("{address} was not reached: {reason}; check the address, and that this host may reach it")]
    Unreachable {
        /// The store, as people read it.
        address: String,
        /// What the HTTP client says about it.
        reason: String,
    },
    /// The store did not take an object, or did not give it.
    #[error(
        "{address} answered {status} to {method} of {name}{message}; check the path of the address, and its user, token or keys{hint}"
    )]
    Refused {
        /// The store, as people read it.
        address: String,
        /// `GET` or `PUT`.
        method: &'static str,
        /// The name of the object, below the address.
        name: String,
        /// The HTTP status.
        status: u16,
        /// The beginning of the answer, with `: ` before it; empty without one.
        message: String,
        /// What else may help, with `; ` before it; empty without one.
        hint: String,
    },
    /// An object of the store is not what belongs there.
    #[error("{name} in {address} {reason}")]
    Damaged {
        /// The store, as people read it.
        address: String,
        /// The name of the object, below the address.
        name: String,
        /// What is wrong, and what to do about it.
        reason: String,
    },
    /// There is no run at the address.
    #[error("there is no run in {0}")]
    NoRun(String),
    /// A run did not end in time.
    #[error("the run in {0} was not over in time; its machine may be gone")]
    NotOver(String),
    /// The store has another run at the address.
    #[error("{0} has the run of another scenario, shard or filter")]
    OtherRun(String),
    /// A file of the run cannot be read or written on this host.
    #[error("cannot use {path}: {error}")]
    File {
        /// The path of the file.
        path: String,
        /// The error of the system.
        error: std::io::Error,
    },
}
