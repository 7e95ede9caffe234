//! The data that was sent over a downlink faster than it can carry it.

use std::time::{Duration, Instant};

/// An estimate of the bits that still wait, from what was sent and the rate at which the downlink carries it.
pub(super) struct Backlog {
    bits: f64,
    at: Instant,
}

impl Backlog {
    pub(super) fn new(now: Instant) -> Self {
        Self { bits: 0.0, at: now }
    }

    /// Notes what was sent.
    pub(super) fn add(&mut self, bytes: usize) {
        self.bits += bytes as f64 * 8.0;
    }

    /// Returns the time that a downlink of this many bit/s still needs for the backlog.
    pub(super) fn time(&mut self, now: Instant, available_bps: f64) -> Duration {
        let carried = available_bps * now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.bits = (self.bits - carried).max(0.0);
        Duration::try_from_secs_f64(self.bits / available_bps).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backlog_grows_with_data_beyond_the_rate() {
        let began = Instant::now();
        let mut backlog = Backlog::new(began);
        backlog.add(50_000);
        assert_eq!(backlog.time(began, 400e3), Duration::from_secs(1));
        assert_eq!(backlog.time(began + Duration::from_millis(600), 400e3), Duration::from_millis(400));
        assert_eq!(backlog.time(began + Duration::from_secs(9), 400e3), Duration::ZERO);
        backlog.add(1);
        assert_eq!(backlog.time(began + Duration::from_secs(9), 0.0), Duration::MAX);
    }
}
