//! How much of a downlink repairs may take.

use std::time::{Duration, Instant};

/// How long the downlink may take to carry the repairs that were sent.
const MAX_BACKLOG: Duration = Duration::from_millis(250);

/// The repairs that were sent and that the downlink cannot have carried yet. Repairs beyond what it can carry would be lost in
/// their turn, be asked for again, and keep its queue full for seconds.
pub(super) struct RepairBudget {
    backlog_bits: f64,
    at: Instant,
}

impl RepairBudget {
    pub fn new(now: Instant) -> Self {
        Self { backlog_bits: 0.0, at: now }
    }

    /// Notes a repair of this size.
    pub fn spend(&mut self, bytes: usize) {
        self.backlog_bits += bytes as f64 * 8.0;
    }

    /// Whether a downlink that carries this many bit/s has room for another repair.
    pub fn has_room(&mut self, now: Instant, available_bps: f64) -> bool {
        let carried = available_bps * now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.backlog_bits = (self.backlog_bits - carried).max(0.0);
        self.backlog_bits <= available_bps * MAX_BACKLOG.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_take_no_more_than_the_downlink_carries() {
        let began = Instant::now();
        let mut budget = RepairBudget::new(began);
        let mut sent_bits = 0.0;
        for ms in 0..4000 {
            if budget.has_room(began + Duration::from_millis(ms), 400e3) {
                budget.spend(1200);
                sent_bits += 9600.0;
            }
        }
        let most = 400e3 * (4.0 + MAX_BACKLOG.as_secs_f64()) + 9600.0;
        assert!(sent_bits <= most && sent_bits > 0.95 * most, "{sent_bits}");
    }

    #[test]
    fn a_few_repairs_at_once_are_sent_at_once() {
        let now = Instant::now();
        let mut budget = RepairBudget::new(now);
        for _ in 0..10 {
            assert!(budget.has_room(now, 400e3));
            budget.spend(1200);
        }
        assert!(budget.has_room(now, 400e3));
        budget.spend(1200);
        assert!(!budget.has_room(now, 400e3));
    }
}
