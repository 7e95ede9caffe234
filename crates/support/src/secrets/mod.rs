//! Secrets: a [`Secret`] never shows itself, not in `Debug`, not in logs, not in files; and what others say is searched for secrets
//! before it is kept or shown ([`redact`]).

mod environment;
mod redaction;
mod secret;

pub use environment::remove_own_variables;
pub use redaction::{REDACTED, may_hold_secret, redact};
pub use secret::Secret;
