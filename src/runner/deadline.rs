//! How long each phase of a case may take. A phase that outlives its deadline is a result, `hung`, and not retried.

use std::time::Duration;

use crate::event::CasePhase;

/// The deadline of a phase, from its start.
///
/// A connectivity test that fails slowly still ends: the module's own limits add up to under 100 s (20 s to connect, 20 s
/// to publish, 35 s to subscribe, and clean-up). A quality test measures at most 30 s with video and 30 s without, each
/// after setting up.
pub(super) fn deadline(phase: CasePhase) -> Duration {
    Duration::from_secs(match phase {
        CasePhase::Prepare => 30,
        CasePhase::Connectivity => 120,
        CasePhase::Quality => 180,
    })
}
