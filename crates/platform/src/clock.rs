//! The time of an input. The protocols of this crate are sans-I/O and read no clock: their callers do, here.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The time of an input, on both clocks.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// The monotonic time, for timeouts.
    pub instant: Instant,
    /// The wall-clock time in milliseconds since the Unix epoch, for tokens and for times that clients receive.
    pub unix_ms: u64,
}

impl Now {
    /// Reads both clocks.
    pub fn read() -> Self {
        // A host whose clock is before 1970 accepts every token as fresh, which is harmless.
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { instant: Instant::now(), unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX) }
    }

    /// Returns the wall-clock time in seconds since the Unix epoch.
    pub fn unix_seconds(self) -> u64 {
        self.unix_ms / 1000
    }
}
