//! How much a page may say. OpenTok.js and the module under test run in it, so a build that is broken or hostile says
//! what it likes.
//!
//! A slow network test sends a third of these at most, and one of a minute a tenth. Two attempts at a case that reach
//! all of them take less than 50 MB on disk.

use std::time::Duration;

/// The longest event, in bytes.
pub const MAX_EVENT_BYTES: usize = 256 * 1024;

/// The most events of a case.
pub const MAX_EVENTS: usize = 10_000;

/// The most bytes of all events of a case, as they come and as they are recorded.
pub const MAX_EVENTS_BYTES: usize = 8 * 1024 * 1024;

/// The most samples, which modules give once a second.
pub const MAX_SAMPLES: usize = 1_000;

/// The most reports of W3C statistics, which come once a second for each peer connection.
pub const MAX_REPORTS: usize = 5_000;

/// How much the page of one participant of a call may say: more than a network test, in proportion to the length of the
/// call and to the number of its participants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageAllowance {
    /// The most events.
    pub events: usize,
    /// The most bytes of all events.
    pub events_bytes: usize,
    /// The most reports of W3C statistics.
    pub reports: usize,
    /// Whether console lines beyond their limits are left out, and not a fault: those of a page that the user wrote.
    pub leaves_out_lines: bool,
}

impl Default for PageAllowance {
    /// Returns what a network test may say.
    fn default() -> Self {
        Self { events: MAX_EVENTS, events_bytes: MAX_EVENTS_BYTES, reports: MAX_REPORTS, leaves_out_lines: false }
    }
}

impl PageAllowance {
    /// Returns what a participant of a call may say. Each second its page reports on a peer connection for each other
    /// participant and for its own stream, and on each subscription: some 4 kB for each, and as much again with a part
    /// of its picture. While a sound is recorded, it sends 43 kB of it as well.
    ///
    /// A page of an application may also say more than is recorded.
    pub fn of_call(duration: Duration, participants: usize, is_app: bool) -> Self {
        let seconds = usize::try_from(duration.as_secs()).unwrap_or(usize::MAX).saturating_add(10);
        let reports = seconds.saturating_mul(participants.saturating_add(2));
        Self {
            events: reports.saturating_mul(5).saturating_add(2_000),
            events_bytes: reports.saturating_mul(24 * 1024).clamp(MAX_EVENTS_BYTES, 8 * MAX_EVENTS_BYTES),
            reports: reports.saturating_mul(2).max(MAX_REPORTS),
            leaves_out_lines: is_app,
        }
    }
}

/// The most events of a call that one participant's page may report: calls of OpenTok.js, signals, marks and the like.
pub const MAX_CALL_EVENTS: usize = 5_000;

/// The most tracks of a subscription.
pub const MAX_TRACKS: usize = 16;

/// The most dictionaries in a report of W3C statistics.
pub const MAX_DICTIONARIES: usize = 256;

/// The most failed tests in a connectivity result; there are five kinds.
pub const MAX_FAILED_TESTS: usize = 100;

/// The most console lines and uncaught exceptions of a case.
pub const MAX_CONSOLE_LINES: usize = 5_000;

/// The most bytes of all console lines of a case, as they come and as they are recorded.
pub const MAX_CONSOLE_BYTES: usize = 4 * 1024 * 1024;

/// The longest sentence that is kept of an event, in characters.
pub const MAX_MESSAGE_CHARS: usize = 4_000;

/// The longest name that is kept of an event, in characters.
pub const MAX_NAME_CHARS: usize = 200;

/// The largest figure: from 2^53 on a double no longer holds every integer.
pub const MAX_FIGURE: f64 = 9_007_199_254_740_991.0;

/// The longest that a case may take, whatever its phases have left: the sum of their deadlines, and what it takes to
/// begin and to end.
pub const CASE_LIMIT: Duration = Duration::from_secs(420);
