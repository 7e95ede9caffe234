//! Why a report did not arrive.

/// A report did not arrive. No text has more of the address than its host.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// There is no HTTP client, since the system has no certificates.
    #[error(
        "reports cannot be sent: {0}; the system's CA certificates have to be installed (package `ca-certificates`)"
    )]
    NoClient(String),
    /// The system did not answer.
    #[error(
        "{destination} was not reached: {reason}; check the address; the results are kept, and `precall report RUN` with the \
         same option sends them again"
    )]
    Unreachable {
        /// The system, as people read it.
        destination: String,
        /// What the HTTP client says about it.
        reason: String,
    },
    /// The system did not take the report.
    #[error(
        "{destination} refused the report {report} with HTTP status {status}{message}; check the path of the address, and \
         its user, key or token"
    )]
    Refused {
        /// The system, as people read it.
        destination: String,
        /// The name of the report's format.
        report: &'static str,
        /// The HTTP status.
        status: u16,
        /// The beginning of the answer, with `: ` before it; empty without one.
        message: String,
    },
}
