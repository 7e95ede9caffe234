//! The choice of a subscriber's simulcast layer: the highest for which its downlink has room.

use std::time::{Duration, Instant};

use super::codec::AUDIO_BPS;

/// How long a layer is kept before a higher one is tried, or before it counts as no longer sent.
const DWELL: Duration = Duration::from_secs(2);

/// How long a layer is kept before a lower one replaces it: its rate is measured over a second.
const SETTLE: Duration = Duration::from_secs(1);

/// The ratio of a layer's packets with their headers to their payload.
const WITH_HEADERS: f64 = 1.06;

/// A higher layer is taken when the downlink has this multiple of what it needs, and a layer is left when the downlink
/// has less than this share of it. In between nothing changes, so that an estimate that varies does not change the
/// picture.
const ROOM_TO_RISE: f64 = 1.15;
const ROOM_TO_STAY: f64 = 0.95;

/// The bitrate of each layer in bit/s, as it came in during the last second; zero when it is not sent.
pub(super) type LayerRates = Vec<f64>;

/// The choice for one subscriber.
pub(super) struct LayerSelector {
    wanted: usize,
    changed_at: Option<Instant>,
}

impl LayerSelector {
    pub(super) fn new() -> Self {
        Self { wanted: 0, changed_at: None }
    }

    /// Returns the layer to send from now on, where the downlink carries `available_bps`. That is `None` while it is
    /// unknown, and then the highest layer is sent.
    pub(super) fn choose(&mut self, now: Instant, rates: &LayerRates, available_bps: Option<f64>) -> usize {
        let sent = |layer: usize| rates.get(layer).copied().unwrap_or(0.0);
        let needed = |layer: usize| sent(layer) * WITH_HEADERS + AUDIO_BPS;
        let available = available_bps.unwrap_or(f64::INFINITY);
        let since = self.changed_at.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        let is_gone = since >= DWELL && sent(self.wanted) == 0.0;
        let is_too_much = since >= SETTLE && available < needed(self.wanted) * ROOM_TO_STAY;
        if is_gone || (is_too_much && self.wanted > 0) {
            let fits = |layer: &usize| sent(*layer) > 0.0 && (is_gone || needed(*layer) <= available);
            let lower = (0..self.wanted).rev().find(fits).unwrap_or(0);
            self.change(now, lower);
        } else if since >= DWELL && sent(self.wanted + 1) > 0.0 && available >= needed(self.wanted + 1) * ROOM_TO_RISE {
            self.change(now, self.wanted + 1);
        }
        self.wanted
    }

    fn change(&mut self, now: Instant, layer: usize) {
        self.wanted = layer;
        self.changed_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes ten choices a second for this many seconds on a downlink with this estimate, and returns all choices.
    fn run(choice: &mut LayerSelector, now: &mut Instant, seconds: u32, rates: &LayerRates, bps: f64) -> Vec<usize> {
        let mut next = || {
            *now += Duration::from_millis(100);
            choice.choose(*now, rates, Some(bps))
        };
        (0..seconds * 10).map(|_| next()).collect()
    }

    fn rates() -> LayerRates {
        vec![150e3, 500e3, 1.5e6]
    }

    #[test]
    fn a_wide_downlink_gets_the_highest_layer() {
        let (mut choice, mut now) = (LayerSelector::new(), Instant::now());
        assert_eq!(choice.choose(now, &rates(), None), 1);
        assert_eq!(run(&mut choice, &mut now, 5, &rates(), 1e9).last(), Some(&2));
        assert!(run(&mut choice, &mut now, 60, &rates(), 1e9).iter().all(|layer| *layer == 2));
    }

    #[test]
    fn a_narrow_downlink_gets_a_stable_lower_layer() {
        let (mut choice, mut now) = (LayerSelector::new(), Instant::now());
        assert!(run(&mut choice, &mut now, 60, &rates(), 1e6).iter().skip(30).all(|layer| *layer == 1));
        assert!(run(&mut choice, &mut now, 60, &rates(), 300e3).iter().skip(10).all(|layer| *layer == 0));
        assert!(run(&mut choice, &mut now, 60, &rates(), 5e6).iter().skip(50).all(|layer| *layer == 2));
    }

    #[test]
    fn an_estimate_that_varies_does_not_change_the_layer() {
        let (mut choice, mut now) = (LayerSelector::new(), Instant::now());
        let needed = 500e3 * WITH_HEADERS + AUDIO_BPS;
        run(&mut choice, &mut now, 5, &rates(), needed * 1.2);
        for factor in [1.0, 0.96, 1.1, 0.97, 1.14] {
            assert!(run(&mut choice, &mut now, 3, &rates(), needed * factor).iter().all(|layer| *layer == 1));
        }
    }

    #[test]
    fn a_layer_that_ended_is_replaced() {
        let (mut choice, mut now) = (LayerSelector::new(), Instant::now());
        assert_eq!(run(&mut choice, &mut now, 6, &rates(), 1e9).last(), Some(&2));
        assert_eq!(run(&mut choice, &mut now, 4, &vec![150e3, 500e3, 0.0], 1e9).last(), Some(&1));
        assert_eq!(run(&mut choice, &mut now, 4, &vec![150e3], 1e9).last(), Some(&0));
    }
}
