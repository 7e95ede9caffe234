//! How fast something comes: bytes over the last second.

use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);

/// Counts in whole windows; what came in the last whole one is the rate.
pub(super) struct RateMeter {
    began: Instant,
    bytes: usize,
    rate_bps: f64,
}

impl RateMeter {
    pub(super) fn new(now: Instant) -> Self {
        Self { began: now, bytes: 0, rate_bps: 0.0 }
    }

    /// Notes bytes that arrived.
    pub(super) fn add(&mut self, now: Instant, bytes: usize) {
        self.roll(now);
        self.bytes += bytes;
    }

    /// Returns the rate in bit/s.
    pub(super) fn bits_per_second(&mut self, now: Instant) -> f64 {
        self.roll(now);
        self.rate_bps
    }

    fn roll(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.began);
        if elapsed >= WINDOW {
            self.rate_bps = self.bytes as f64 * 8.0 / elapsed.as_secs_f64();
            (self.began, self.bytes) = (now, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_second() {
        let start = Instant::now();
        let mut meter = RateMeter::new(start);
        for tenth in 0..20 {
            meter.add(start + WINDOW * tenth / 10, 1250);
        }
        assert!((meter.bits_per_second(start + WINDOW * 2) - 100e3).abs() < 1.0);
        assert!(meter.bits_per_second(start + WINDOW * 4) < 1.0);
    }
}
