//! The one place of the platform that reads clocks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::messaging::Now;

/// This moment.
pub fn now() -> Now {
    // A host whose clock stands before 1970 gets tokens that are always fresh: harmless.
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { instant: Instant::now(), unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX) }
}
