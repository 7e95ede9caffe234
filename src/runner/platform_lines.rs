//! The record of what happens on the platform of a case.

use crate::run_events::Events;
use precall_platform::PlatformEvent;
use precall_results::{PlatformLine, RunEvent};

/// The most events of a platform that are recorded of an attempt. A test of a minute has less than a hundred.
const MAX_PLATFORM_LINES: usize = 2_000;

/// The number of events of a platform so far.
#[derive(Debug, Default)]
pub(super) struct PlatformLines(usize);

impl PlatformLines {
    /// Records an event of the platform. A client that logs without end fills no disk.
    pub(super) fn note(&mut self, case: &str, event: &PlatformEvent, events: &Events) {
        tracing::debug!(case, ?event, "platform");
        self.0 += 1;
        let (what, details) = match self.0 {
            ..MAX_PLATFORM_LINES => event.described(),
            MAX_PLATFORM_LINES => ("further events left out", Vec::new()),
            _ => return,
        };
        let details = details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let line = PlatformLine { what: what.to_owned(), details };
        events.emit(RunEvent::CasePlatform { case: case.to_owned(), line });
    }
}
