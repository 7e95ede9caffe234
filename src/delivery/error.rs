//! Why a report did not arrive.

/// A report did not arrive. No text has more of the address than its host.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// There is no HTTP client, since the system has no certificates.
    #[error("cannot send reports: {0}")]
    NoClient(String),
    /// The system did not answer.
    #[error("{destination} was not reached: {reason}; the results are kept, `precall report` sends them again")]
    Unreachable {
        /// The system, as people read it.
        destination: String,
        /// The reason.
        reason: String,
    },
    /// The system did not take the report.
    #[error("{destination} refused the report {report} with HTTP status {status}{message}")]
    Refused {
        /// The system, as people read it.
        destination: String,
        /// The name of the report's format.
        report: &'static str,
        /// The HTTP status.
        status: u16,
        /// The begin of the answer, with `: ` before it; empty without one.
        message: String,
    },
}
