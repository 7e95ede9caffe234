//! Which layer of a simulcast stream a subscriber gets: the highest that its bandwidth takes.
//!
//! No estimate knows of bandwidth that was never used. So a higher layer is tried when nothing speaks against it, and tried
//! again later and later when it was too much.

use std::time::{Duration, Instant};

/// How long a layer is kept before a higher one is tried, or before it counts as no longer sent.
const DWELL: Duration = Duration::from_secs(2);

/// How long after a change word of too much still is of the layer before.
const SETTLE: Duration = Duration::from_millis(1500);

/// When a layer that was too much is tried again, at first and at most.
const MIN_BACK_OFF: Duration = Duration::from_secs(8);
const MAX_BACK_OFF: Duration = Duration::from_secs(64);

/// The bitrate of each layer in bit/s, as it came in during the last second; zero when it is not sent.
pub(super) type LayerRates = Vec<f64>;

/// The choice for one subscriber.
pub(super) struct LayerChoice {
    wanted: usize,
    is_too_much: bool,
    changed_at: Option<Instant>,
    try_at: Option<Instant>,
    back_off: Duration,
}

impl LayerChoice {
    pub fn new() -> Self {
        Self { wanted: 0, is_too_much: false, changed_at: None, try_at: None, back_off: MIN_BACK_OFF }
    }

    /// What is sent is more than the way down takes.
    pub fn set_too_much(&mut self) {
        self.is_too_much = true;
    }

    /// The layer to send from now on, to where this many bit/s are the limit.
    pub fn choose(&mut self, now: Instant, rates: &LayerRates, limit_bps: Option<f64>) -> usize {
        let sent = |layer: usize| rates.get(layer).copied().unwrap_or(0.0);
        let since = self.changed_at.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        self.is_too_much &= since >= SETTLE;
        let is_gone = since >= DWELL && sent(self.wanted) == 0.0;
        if self.is_too_much || is_gone {
            let limit = limit_bps.filter(|_| self.is_too_much).unwrap_or(f64::INFINITY);
            let fits = |layer: &usize| sent(*layer) > 0.0 && sent(*layer) <= limit;
            let lower = (0..self.wanted).rev().find(fits).unwrap_or(0);
            if self.is_too_much {
                // Too much at once after a change: the change was a mistake.
                let is_mistake = since < MIN_BACK_OFF;
                self.back_off = if is_mistake { (self.back_off * 2).min(MAX_BACK_OFF) } else { MIN_BACK_OFF };
                self.try_at = Some(now + self.back_off);
            }
            self.change(now, lower);
        } else if since >= DWELL && self.try_at.is_none_or(|at| at <= now) && sent(self.wanted + 1) > 0.0 {
            self.change(now, self.wanted + 1);
        }
        self.wanted
    }

    fn change(&mut self, now: Instant, layer: usize) {
        self.wanted = layer;
        self.is_too_much = false;
        self.changed_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten choices a second for so many seconds, with what is too much said once a second; gives the last.
    fn run(choice: &mut LayerChoice, now: &mut Instant, seconds: u32, rates: &LayerRates, link_bps: f64) -> usize {
        let mut layer = 0;
        for round in 0..seconds * 10 {
            *now += Duration::from_millis(100);
            layer = choice.choose(*now, rates, Some(link_bps * 0.85));
            if round % 10 == 9 && rates.get(layer).is_some_and(|rate| *rate > link_bps) {
                choice.set_too_much();
            }
        }
        layer
    }

    #[test]
    fn a_wide_link_gets_the_highest_layer() {
        let (mut choice, mut now) = (LayerChoice::new(), Instant::now());
        let rates = vec![150e3, 500e3, 1.5e6];
        assert_eq!(choice.choose(now, &rates, None), 1);
        assert_eq!(run(&mut choice, &mut now, 5, &rates, 1e9), 2);
        assert_eq!(run(&mut choice, &mut now, 60, &rates, 1e9), 2);
    }

    #[test]
    fn a_narrow_link_gets_what_it_takes_and_is_rarely_troubled() {
        let (mut choice, mut now) = (LayerChoice::new(), Instant::now());
        let rates = vec![150e3, 500e3, 1.5e6];
        assert_eq!(run(&mut choice, &mut now, 3, &rates, 1e9), 2);
        let mut too_much = 0;
        for _ in 0..120 {
            too_much += u32::from(run(&mut choice, &mut now, 1, &rates, 800e3) == 2);
        }
        assert!((1..20).contains(&too_much), "{too_much} s of 120");
    }

    #[test]
    fn a_layer_that_is_no_longer_sent_is_left() {
        let (mut choice, mut now) = (LayerChoice::new(), Instant::now());
        assert_eq!(run(&mut choice, &mut now, 6, &vec![150e3, 500e3, 1.5e6], 1e9), 2);
        assert_eq!(run(&mut choice, &mut now, 4, &vec![150e3, 500e3, 0.0], 1e9), 1);
        assert_eq!(run(&mut choice, &mut now, 4, &vec![150e3], 1e9), 0);
    }
}
