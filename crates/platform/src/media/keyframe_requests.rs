//! The rate at which key frames are requested from a publisher.

use std::time::{Duration, Instant};

/// The time between two requests, beside the round trip: libwebrtc's encoder makes no more key frames than that.
const INTERVAL: Duration = Duration::from_millis(300);

/// The key frame requests of one subscriber, or those of the router itself for packets that are lost for good. A
/// browser repeats its request until it has a key frame. Each request that crosses a key frame in flight would make the
/// publisher send another, which is several times as large as other frames.
#[derive(Debug, Default)]
pub(super) struct KeyframeRequests {
    passed_at: Option<Instant>,
}

impl KeyframeRequests {
    /// Returns whether a request is passed on; a newcomer's always is.
    pub(super) fn passes(&mut self, now: Instant, round_trip_time: Option<Duration>, is_newcomer: bool) -> bool {
        let interval = INTERVAL + round_trip_time.unwrap_or_default();
        let is_due = self.passed_at.is_none_or(|at| now.saturating_duration_since(at) >= interval);
        if is_due || is_newcomer {
            self.passed_at = Some(now);
        }
        is_due || is_newcomer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyframe_request_is_forwarded_once_per_round_trip() {
        let (mut requests, began) = (KeyframeRequests::default(), Instant::now());
        let round_trip = Some(Duration::from_millis(200));
        let passed =
            (0..20).filter(|tenth| requests.passes(began + Duration::from_millis(100 * tenth), round_trip, false));
        assert_eq!(passed.collect::<Vec<_>>(), [0, 5, 10, 15]);
        assert!(requests.passes(began + Duration::from_millis(1950), round_trip, true));
    }
}
