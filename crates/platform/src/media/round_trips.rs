//! The round-trip times of a downlink, and whether they indicate a queue.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Round trips this much longer than the shortest indicate a queue, if all of those within the second constant are.
/// That is several times the interval of the estimates, so that neither a probe nor a late timer suffices.
const QUEUE: Duration = Duration::from_millis(40);
const QUEUE_WINDOW: Duration = Duration::from_millis(450);

/// What is known of the round-trip times of a downlink.
#[derive(Debug, Default)]
pub(super) struct RoundTrips {
    last: Option<Duration>,
    least: Option<Duration>,
    recent: VecDeque<(Instant, Duration)>,
}

impl RoundTrips {
    /// Notes the round-trip time of this instant. Where it is `None`, the last one still holds.
    pub(super) fn note(&mut self, now: Instant, time: Option<Duration>) {
        self.last = time.or(self.last);
        self.least = self.last.into_iter().chain(self.least).min();
        self.recent.retain(|(at, _)| now.saturating_duration_since(*at) < QUEUE_WINDOW);
        self.recent.extend(self.last.map(|time| (now, time)));
    }

    /// Returns the last round-trip time, queues included; `None` while none is known.
    pub(super) fn last(&self) -> Option<Duration> {
        self.last
    }

    /// Returns whether packets wait in a queue: for a while all round trips have taken longer than they need. A single
    /// one may be due to a probe, or to a host whose timer was late.
    pub(super) fn indicate_queue(&self) -> bool {
        let least = self.least.unwrap_or_default();
        self.recent.iter().map(|(_, time)| *time).min().is_some_and(|time| time > least + QUEUE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_round_trips_that_stay_long_indicate_a_queue() {
        let began = Instant::now();
        let mut trips = RoundTrips::default();
        assert!(!trips.indicate_queue());
        let milliseconds = Duration::from_millis;
        for (at, time, expected) in
            [(0, 50, false), (100, 200, false), (200, 60, false), (300, 150, false), (500, 120, false), (660, 95, true)]
        {
            trips.note(began + milliseconds(at), Some(milliseconds(time)));
            assert_eq!(trips.indicate_queue(), expected, "{at} ms");
        }
    }
}
