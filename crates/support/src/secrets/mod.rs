//! Secrets. A [`Secret`] never shows its value, not in `Debug`, logs or files. Texts of others are searched for secrets
//! before they are kept or shown ([`redact`]).

mod address;
mod environment;
mod redaction;
mod secret;

pub use address::redact_address;
pub use environment::remove_own_variables;
pub use redaction::{REDACTED, may_hold_secret, redact};
pub use secret::Secret;
