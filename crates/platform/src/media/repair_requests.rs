//! The schedule of requests for packets that were lost on the uplink.
//!
//! str0m 0.25.0 looks for packets to request (generic NACK, RFC 4585 section 6.2.1) at most once in 33 ms, counted from
//! when it last looked, whether anything was lost or not. A request is late by up to that much, and so is each further
//! one. libwebrtc sends a request at once, and again after a round trip. On a long path the difference decides whether
//! the repair of a lost repair arrives in time or freezes the picture. So the router lets str0m look only when there is
//! something to request. `router::tests::repairs` fails once str0m no longer needs this.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// str0m 0.25.0 looks no more often.
const LOOK_INTERVAL: Duration = Duration::from_millis(33);

/// The round-trip time that str0m 0.25.0 assumes until it is known.
const DEFAULT_ROUND_TRIP: Duration = Duration::from_millis(100);

/// The delay after a round trip with which str0m 0.25.0 repeats a request: 5 ms, and 1 ms since its round-trip time may
/// be a newer one.
const MARGIN: Duration = Duration::from_millis(6);

/// The number of times that str0m 0.25.0 requests a packet.
const MAX_REQUESTS: u8 = 5;

/// str0m 0.25.0 forgets a packet that is this far behind the newest: it neither requests nor accepts it.
const WINDOW: u64 = 100;

/// The packets that are missing from a publisher's streams, by SSRC.
#[derive(Debug, Default)]
pub(super) struct RepairRequests {
    streams: HashMap<u32, Gaps>,
    looked_at: Option<Instant>,
    round_trip_time: Option<Duration>,
}

#[derive(Debug)]
struct Gaps {
    newest: u64,
    missing: BTreeMap<u64, Missing>,
}

#[derive(Debug, Clone, Copy)]
struct Missing {
    /// The time of the next request.
    due: Instant,
    requests: u8,
}

impl RepairRequests {
    /// Notes that a packet arrived, the first time or as a repair. Returns whether an earlier one is lost for good.
    pub(super) fn note(&mut self, now: Instant, ssrc: u32, sequence_number: u64) -> bool {
        let Some(gaps) = self.streams.get_mut(&ssrc) else {
            self.streams.insert(ssrc, Gaps { newest: sequence_number, missing: BTreeMap::new() });
            return false;
        };
        if sequence_number <= gaps.newest {
            gaps.missing.remove(&sequence_number);
            return false;
        }
        let oldest = sequence_number.saturating_sub(WINDOW);
        let jumped = gaps.newest + 1 < oldest;
        let gap = (gaps.newest + 1).max(oldest)..sequence_number;
        gaps.newest = sequence_number;
        let kept = gaps.missing.split_off(&oldest);
        let forgotten = std::mem::replace(&mut gaps.missing, kept);
        gaps.missing.extend(gap.map(|number| (number, Missing { due: now, requests: 0 })));
        jumped || !forgotten.is_empty()
    }

    /// Sets the measured round-trip time to the publisher; `None` while there is no measurement.
    pub(super) fn set_round_trip_time(&mut self, round_trip_time: Option<Duration>) {
        self.round_trip_time = round_trip_time.or(self.round_trip_time);
    }

    /// Returns the round-trip time to the publisher; `None` until it is known.
    pub(super) fn round_trip_time(&self) -> Option<Duration> {
        self.round_trip_time
    }

    /// Returns the time at which there is something to request.
    pub(super) fn due(&self) -> Option<Instant> {
        let missing = self.streams.values().flat_map(|gaps| gaps.missing.values());
        let due = missing.filter(|missing| missing.requests < MAX_REQUESTS).map(|missing| missing.due).min()?;
        Some(self.looked_at.map_or(due, |at| due.max(at + LOOK_INTERVAL)))
    }

    /// Returns the streams whose packets are to be requested now. They count as requested.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<u32> {
        if self.due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.looked_at = Some(now);
        let again = now + self.round_trip_time.unwrap_or(DEFAULT_ROUND_TRIP) + MARGIN;
        let mut due = Vec::new();
        for (ssrc, gaps) in &mut self.streams {
            let wanted =
                gaps.missing.values_mut().filter(|missing| missing.requests < MAX_REQUESTS && missing.due <= now);
            let asked = wanted.map(|missing| *missing = Missing { due: again, requests: missing.requests + 1 }).count();
            if asked > 0 {
                due.push(*ssrc);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUND_TRIP: Duration = Duration::from_millis(160);

    fn began() -> (RepairRequests, Instant) {
        let (mut requests, now) = (RepairRequests::default(), Instant::now());
        requests.set_round_trip_time(Some(ROUND_TRIP));
        assert!(!requests.note(now, 1, 1000));
        (requests, now)
    }

    #[test]
    fn a_gap_is_requested_at_once_and_after_a_round_trip() {
        let (mut requests, now) = began();
        assert_eq!(requests.due(), None);
        assert!(!requests.note(now, 1, 1003));
        assert_eq!(requests.due(), Some(now));
        assert_eq!(requests.take_due(now), [1]);
        assert_eq!(requests.due(), Some(now + ROUND_TRIP + MARGIN));
        assert!(requests.take_due(now + ROUND_TRIP).is_empty());
        assert!(!requests.note(now + ROUND_TRIP, 1, 1001));
        assert_eq!(requests.take_due(now + ROUND_TRIP + MARGIN), [1]);
        assert!(!requests.note(now + 2 * ROUND_TRIP, 1, 1002));
        assert_eq!(requests.due(), None);
    }

    #[test]
    fn looks_are_as_far_apart_as_in_str0m() {
        let (mut requests, now) = began();
        requests.note(now, 1, 1002);
        assert_eq!(requests.take_due(now), [1]);
        requests.note(now + Duration::from_millis(10), 1, 1004);
        assert!(requests.take_due(now + Duration::from_millis(10)).is_empty());
        assert_eq!(requests.due(), Some(now + LOOK_INTERVAL));
        assert_eq!(requests.take_due(now + LOOK_INTERVAL), [1]);
    }

    #[test]
    fn requests_for_a_packet_are_limited() {
        let (mut requests, mut now) = began();
        requests.note(now, 1, 1002);
        let mut times = 0;
        while let Some(due) = requests.due() {
            now = due;
            times += usize::from(!requests.take_due(now).is_empty());
        }
        assert_eq!(times, usize::from(MAX_REQUESTS));
    }

    #[test]
    fn packets_behind_the_window_are_lost_for_good() {
        let (mut requests, now) = began();
        requests.note(now, 1, 1002);
        assert!(!requests.note(now, 1, 1001 + WINDOW));
        assert!(requests.note(now, 1, 1002 + WINDOW));
        // The same holds for most of a gap that is longer than the window; the rest of it is requested.
        assert!(requests.note(now, 1, 5000));
        assert_eq!(requests.streams[&1].missing.len() as u64, WINDOW);
        // Another stream is not concerned.
        assert!(!requests.note(now, 2, 9000));
    }

    proptest::proptest! {
        #[test]
        fn missing_packets_are_bounded(steps in proptest::collection::vec((0u64..100_000, 0u64..500), 0..200)) {
            let (mut requests, mut now) = began();
            for (number, milliseconds) in steps {
                now += Duration::from_millis(milliseconds);
                requests.note(now, 1, number);
                requests.take_due(now);
                proptest::prop_assert!(requests.streams[&1].missing.len() as u64 <= WINDOW);
            }
        }
    }
}
