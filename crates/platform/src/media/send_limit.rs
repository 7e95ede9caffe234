//! The bandwidth limit of a publisher (REMB, draft-alvestrand-rmcat-remb). It is sent at once when it falls, with a
//! minimum interval when it rises, and repeatedly, since feedback gets lost.

use std::time::{Duration, Instant};

/// A limit this close to the one before is no change.
const GRAIN: f64 = 0.03;

/// The interval at which a limit that stays or rises is sent.
const REPEAT_INTERVAL: Duration = Duration::from_secs(1);
const RISE_INTERVAL: Duration = Duration::from_millis(200);

/// The number of times that the end of a limit is sent.
const LIFTED_REPEATS: u32 = 3;

/// The limit that stands for no limit: more than any camera sends.
const UNLIMITED_BPS: f64 = 100e6;

/// The limit of one publisher.
#[derive(Default)]
pub(super) struct SendLimit {
    limit_bps: Option<f64>,
    told: Option<(Instant, f64)>,
    lifted_repeats: u32,
}

impl SendLimit {
    /// Changes the limit, in bit/s of whole packets; `None` lifts it.
    pub(super) fn set(&mut self, limit_bps: Option<f64>) {
        if limit_bps.is_none() && self.limit_bps.is_some() {
            self.lifted_repeats = LIFTED_REPEATS;
        }
        self.limit_bps = limit_bps;
    }

    /// Returns the limit to send now, in bit/s; `None` when the publisher has received it.
    pub(super) fn poll(&mut self, now: Instant) -> Option<f64> {
        let is_lifted = self.limit_bps.is_none();
        if is_lifted && (self.told.is_none() || self.lifted_repeats == 0) {
            return None;
        }
        let bps = self.limit_bps.unwrap_or(UNLIMITED_BPS);
        let is_due = self.told.is_none_or(|(at, known)| {
            let since = now.saturating_duration_since(at);
            let change = (bps - known) / known;
            change < -GRAIN || (change > GRAIN && since >= RISE_INTERVAL) || since >= REPEAT_INTERVAL
        });
        if !is_due {
            return None;
        }
        if is_lifted {
            self.lifted_repeats -= 1;
        }
        self.told = Some((now, bps));
        Some(bps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the limits that are sent, each with the tenth of a second in which it is.
    fn run(limit: &mut SendLimit, now: &mut Instant, tenths: u32) -> Vec<f64> {
        let mut next = || {
            *now += Duration::from_millis(100);
            limit.poll(*now)
        };
        (0..tenths).filter_map(|_| next()).collect()
    }

    #[test]
    fn without_a_limit_no_feedback_is_sent() {
        let (mut limit, mut now) = (SendLimit::default(), Instant::now());
        limit.set(None);
        assert!(run(&mut limit, &mut now, 100).is_empty());
    }

    #[test]
    fn a_lower_limit_is_sent_at_once_and_a_higher_one_later() {
        let (mut limit, mut now) = (SendLimit::default(), Instant::now());
        limit.set(Some(500e3));
        assert_eq!(run(&mut limit, &mut now, 1), [500e3]);
        limit.set(Some(400e3));
        assert_eq!(run(&mut limit, &mut now, 1), [400e3]);
        limit.set(Some(450e3));
        assert!(run(&mut limit, &mut now, 1).is_empty());
        assert_eq!(run(&mut limit, &mut now, 1), [450e3]);
        limit.set(Some(455e3));
        assert_eq!(run(&mut limit, &mut now, 30), [455e3; 3]);
    }

    #[test]
    fn the_end_of_a_limit_is_sent_three_times() {
        let (mut limit, mut now) = (SendLimit::default(), Instant::now());
        limit.set(Some(500e3));
        run(&mut limit, &mut now, 5);
        limit.set(None);
        assert_eq!(run(&mut limit, &mut now, 100), [UNLIMITED_BPS; 3]);
        limit.set(Some(300e3));
        assert_eq!(run(&mut limit, &mut now, 1), [300e3]);
    }
}
