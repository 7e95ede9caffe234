//! The capture times of packets, from their publisher's sender reports (RFC 3550 section 6.4.1).
//!
//! A subscriber synchronizes audio and video by the router's sender reports. These have to state when media was
//! captured, and not when it arrived: a queue on the uplink would otherwise shift one against the other.

use std::time::{Duration, Instant, SystemTime};

use str0m::rtp::rtcp::SenderInfo;

/// Maps a publisher's clock to the router's. All streams of a publisher share one clock (and one of these).
#[derive(Default)]
pub(super) struct CaptureClock {
    /// A moment of the publisher's clock, and the earliest at which the router can have heard of it.
    anchor: Option<(SystemTime, Instant)>,
}

impl CaptureClock {
    /// Returns the time at which the media with this RTP timestamp was captured, as seen from the router, which hears
    /// of it at `now`. Never later than `now`, and `now` itself as long as its stream had no sender report.
    pub(super) fn captured_at(
        &mut self,
        now: Instant,
        report: Option<&SenderInfo>,
        timestamp: u32,
        clock_rate_hz: u32,
    ) -> Instant {
        let Some(report) = report else { return now };
        // Timestamps wrap around, so only their difference means anything.
        let ticks = timestamp.wrapping_sub(report.rtp_time.numer() as u32).cast_signed();
        let offset = Duration::from_secs_f64(f64::from(ticks.unsigned_abs()) / f64::from(clock_rate_hz));
        let captured =
            if ticks < 0 { report.ntp_time.checked_sub(offset) } else { report.ntp_time.checked_add(offset) };
        let Some(captured) = captured else { return now };
        let seen = self.anchor.and_then(|(theirs, ours)| match captured.duration_since(theirs) {
            Ok(later) => ours.checked_add(later),
            Err(earlier) => ours.checked_sub(earlier.duration()),
        });
        match seen {
            Some(at) if at <= now => at,
            // The first, or one that took less time to arrive than any before: the clocks are closer than was thought.
            _ => {
                self.anchor = Some((captured, now));
                now
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use str0m::media::{Frequency, MediaTime};

    use super::*;

    const VIDEO_HZ: u32 = 90_000;

    fn report(ntp_time: SystemTime, rtp_time: u64) -> SenderInfo {
        SenderInfo {
            ssrc: 1.into(),
            ntp_time,
            rtp_time: MediaTime::new(rtp_time, Frequency::NINETY_KHZ),
            sender_packet_count: 0,
            sender_octet_count: 0,
        }
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn an_uplink_queue_does_not_shift_capture_times() {
        let (start, theirs) = (Instant::now(), SystemTime::UNIX_EPOCH + ms(1_000_000));
        let (mut clock, report) = (CaptureClock::default(), report(theirs, 900_000));
        assert_eq!(clock.captured_at(start, Some(&report), 900_000, VIDEO_HZ), start);
        let next = clock.captured_at(start + ms(400), Some(&report), 900_000 + 9_000, VIDEO_HZ);
        assert_eq!(next, start + ms(100));
        let before = clock.captured_at(start + ms(401), Some(&report), 900_000 - 9_000, VIDEO_HZ);
        assert_eq!(before, start - ms(100));
    }

    #[test]
    fn audio_and_video_share_the_clock() {
        let (start, theirs) = (Instant::now(), SystemTime::UNIX_EPOCH + ms(1_000_000));
        let mut clock = CaptureClock::default();
        clock.captured_at(start, Some(&report(theirs, 0)), 0, VIDEO_HZ);
        // Sound of the same moment, which took 50 ms less to arrive than the picture did.
        let sound = report(theirs + ms(1000), 5);
        assert_eq!(clock.captured_at(start + ms(950), Some(&sound), 5, 48_000), start + ms(950));
        let picture = clock.captured_at(start + ms(1100), Some(&report(theirs + ms(1000), 9)), 9, VIDEO_HZ);
        assert_eq!(picture, start + ms(950));
    }

    #[test]
    fn without_a_report_capture_time_is_arrival_time() {
        let now = Instant::now();
        assert_eq!(CaptureClock::default().captured_at(now, None, 7, VIDEO_HZ), now);
    }

    proptest::proptest! {
        #[test]
        fn capture_time_is_never_in_the_future(timestamps: Vec<u32>, rtp_time: u32, ntp_seconds in 0_u64..4_000_000_000) {
            let (now, mut clock) = (Instant::now(), CaptureClock::default());
            let report = report(SystemTime::UNIX_EPOCH + Duration::from_secs(ntp_seconds), rtp_time.into());
            for timestamp in timestamps {
                proptest::prop_assert!(clock.captured_at(now, Some(&report), timestamp, VIDEO_HZ) <= now);
            }
        }
    }
}
