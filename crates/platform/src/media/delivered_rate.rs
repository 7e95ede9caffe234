//! The rate at which a downlink delivers, by transport-wide feedback.
//!
//! str0m measures the received rate as well, but in windows that may contain a pause. Where video follows a pause, the
//! rate that it measures is a fraction of what the downlink delivers.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use str0m::rtp::rtcp::Twcc;

/// The time over which arrivals are counted: several frames of video.
const WINDOW: Duration = Duration::from_millis(250);

/// How many packets wait for a report: two seconds at 20 Mbit/s.
const MAX_SENT: usize = 4096;

/// Counts what arrived in the last window before the newest arrival, by the clock of the receiver.
pub(super) struct DeliveredRate {
    /// The instant that stands for zero of the receiver's clock.
    zero: Instant,
    /// The payload bytes of the packets that were sent last, which have consecutive transport-wide numbers.
    sent: VecDeque<usize>,
    /// The transport-wide number that follows the last of them.
    next: u16,
    /// What arrived, with its payload bytes.
    arrived: VecDeque<(Instant, usize)>,
    bytes: usize,
}

impl DeliveredRate {
    pub(super) fn new(now: Instant) -> Self {
        Self { zero: now, sent: VecDeque::new(), next: 0, arrived: VecDeque::new(), bytes: 0 }
    }

    /// Notes a packet that was sent with this transport-wide number.
    pub(super) fn note_sent(&mut self, number: u16, payload_bytes: usize) {
        if number != self.next {
            self.sent.clear();
        }
        self.sent.push_back(payload_bytes);
        if self.sent.len() > MAX_SENT {
            self.sent.pop_front();
        }
        self.next = number.wrapping_add(1);
    }

    /// Notes a report of what arrived.
    pub(super) fn note_report(&mut self, report: Twcc) {
        for (number, _, at) in report.into_iter(self.zero, 0.into()) {
            let age = usize::from(self.next.wrapping_sub(*number as u16));
            let place = self.sent.len().checked_sub(age).filter(|_| age > 0);
            let bytes = place.and_then(|place| self.sent.get_mut(place)).map(std::mem::take);
            if let (Some(at), Some(bytes)) = (at, bytes) {
                self.note_arrival(at, bytes);
            }
        }
    }

    fn note_arrival(&mut self, at: Instant, bytes: usize) {
        self.arrived.push_back((at, bytes));
        self.bytes += bytes;
        while let Some((first, bytes)) = self.arrived.front()
            && at.saturating_duration_since(*first) > WINDOW
        {
            self.bytes -= bytes;
            self.arrived.pop_front();
        }
    }

    /// Returns the rate of the arrivals in bit/s of RTP payload. While less than a window has arrived, it is too low.
    pub(super) fn bits_per_second(&self) -> f64 {
        self.bytes as f64 * 8.0 / WINDOW.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_not_part_of_the_rate() {
        let began = Instant::now();
        let mut rate = DeliveredRate::new(began);
        let packet = 1250;
        let second = |seconds: f64| began + Duration::from_secs_f64(seconds);
        // 1 Mbit/s, a pause of 3 s, and 2 Mbit/s.
        (0..100).for_each(|number| rate.note_arrival(second(f64::from(number) * 0.01), packet));
        assert!((rate.bits_per_second() - 1e6).abs() < 50e3, "{}", rate.bits_per_second());
        (0..100).for_each(|number| rate.note_arrival(second(4.0 + f64::from(number) * 0.005), packet));
        assert!((rate.bits_per_second() - 2e6).abs() < 50e3, "{}", rate.bits_per_second());
    }
}
