//! What the network can carry, and how sure that is: the `capacity` profile of the network-test module, recomputed.

use super::number::known;
use super::track::Track;
use super::window::{Interval, mean};
use precall_results::Sample;

/// A size that the profile recommends. `docs/src/advice.md` says where the limits come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacityRung {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
    /// The bit/s that a call of that size takes, sound included.
    pub rate: f64,
    /// The longest round trip to the router, in seconds.
    pub round_trip: f64,
}

/// The sizes, the largest first.
pub const CAPACITY_LADDER: [CapacityRung; 3] = [
    CapacityRung { width: 1280, height: 720, rate: 1_250_000.0, round_trip: 0.3 },
    CapacityRung { width: 640, height: 360, rate: 305_000.0, round_trip: 0.2 },
    CapacityRung { width: 320, height: 180, rate: 290_000.0, round_trip: 0.3 },
];

/// The samples of so many first milliseconds are left out.
const SKIPPED_MS: f64 = 2000.0;
/// The number of last rates that are looked at, and the fewest that a judgement takes.
const RATES: usize = 6;
const MIN_RATES: usize = 3;
/// The least standard deviation of the logarithms of rates.
const RATE_NOISE: f64 = 0.1;
/// Consecutive values depend on each other: so many count as one.
const COUNT_AS_ONE: f64 = 2.0;
/// The largest share of audio that may be lost.
pub(crate) const MAX_LOSS: f64 = 0.02;
/// The least standard deviation of round trips, in seconds.
const ROUND_TRIP_NOISE: f64 = 0.02;
/// Fewer frames per second are the fault of the computer.
const MIN_FRAME_RATE: f64 = 20.0;

/// The judgement of the profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Capacity {
    /// The recommended width and height; `None` where no size would hold.
    pub recommended: Option<(u32, u32)>,
    /// The rate that the network carries, in bit/s.
    pub capacity: f64,
    /// The chance that a longer test would recommend the same, 0 to 1.
    pub confidence: f64,
    /// Whether the rate is the sender's estimate, and not what was received.
    pub is_estimate: bool,
    /// Whether the computer, and not the network, keeps the test from recommending more.
    pub is_by_computer: bool,
    /// The share of audio that was lost, 0 to 1; `None` without packets.
    pub loss: Option<f64>,
    /// The mean of the last round trips, in seconds; `None` where none is known.
    pub round_trip: Option<f64>,
}

impl Capacity {
    /// Returns what keeps the profile from recommending the largest size; `None` when it recommends that.
    pub fn limited_by(&self) -> Option<&'static str> {
        let CapacityRung { width, height, .. } = CAPACITY_LADDER[0];
        match self.recommended {
            _ if self.is_by_computer => Some("computer"),
            Some(size) if size == (width, height) => None,
            _ => Some("network"),
        }
    }
}

/// Judges the samples of the phase with video; `None` where too little is known.
pub fn capacity(samples: &[Sample]) -> Option<Capacity> {
    let first = samples.first()?;
    let later: Vec<Sample> =
        samples.iter().filter(|sample| sample.timestamp >= first.timestamp + SKIPPED_MS).cloned().collect();
    let positive = |rate: &f64| *rate > 0.0;
    let estimates: Vec<f64> =
        later.iter().filter_map(|sample| known(sample.available_outgoing_bitrate?)).filter(positive).collect();
    let is_estimate = !estimates.is_empty();
    let rates = if is_estimate { estimates } else { received(&later) };
    let rates = &rates[rates.len().saturating_sub(RATES)..];
    if rates.len() < MIN_RATES {
        return None;
    }
    let logarithms: Vec<f64> = rates.iter().map(|rate| rate.ln()).collect();
    let middle = mean(logarithms.iter().copied())?;
    let error = standard_error(&logarithms, middle, RATE_NOISE);
    let carried = middle.exp();
    let reach = |rung: usize| normal((middle - CAPACITY_LADDER[rung].rate.ln()) / error);
    let (loss, loss_ok) = loss(&later);
    let (round_trip, delay_ok) = delay(&later);
    let by_rate = CAPACITY_LADDER.iter().position(|rung| carried >= rung.rate).filter(|_| loss_ok >= 0.5);
    let rung = by_rate.and_then(|first| (first..CAPACITY_LADDER.len()).find(|rung| delay_ok[*rung] >= 0.5));
    let confidence = match (by_rate, rung) {
        _ if loss_ok < 0.5 => 1.0 - loss_ok,
        (None, _) => 1.0 - reach(CAPACITY_LADDER.len() - 1),
        (Some(first), None) => 1.0 - delay_ok[first..].iter().copied().fold(0.0, f64::max),
        (Some(first), Some(rung)) => {
            let largest = match rung {
                rung if rung > first => 1.0 - delay_ok[first],
                0 => 1.0,
                rung => 1.0 - reach(rung - 1) / reach(rung),
            };
            largest * reach(rung) * delay_ok[rung] * loss_ok
        }
    };
    let is_by_computer = rung.is_some() && is_held_back(&later[later.len().saturating_sub(RATES)..]);
    let size = rung.and_then(|rung| CAPACITY_LADDER.get(rung + usize::from(is_by_computer)));
    Some(Capacity {
        recommended: size.map(|rung| (rung.width, rung.height)),
        capacity: carried,
        confidence,
        is_estimate,
        is_by_computer,
        loss,
        round_trip,
    })
}

/// Returns the rates of audio and video together, of each interval in which something was received.
fn received(samples: &[Sample]) -> Vec<f64> {
    let rate = |pair: &[Sample], track: Track| track.interval(pair).map_or(0.0, |one| one.bits_per_second());
    let rates = samples.windows(2).map(|pair| rate(pair, Track::Audio) + rate(pair, Track::Video));
    rates.filter(|rate| *rate > 0.0).collect()
}

/// Returns the share of audio lost, and the chance that calls lose little enough.
fn loss(samples: &[Sample]) -> (Option<f64>, f64) {
    let ends = samples.first().zip(samples.last()).map(|(first, last)| [first.clone(), last.clone()]);
    let found: Option<Interval> = ends.and_then(|pair| Track::Audio.interval(&pair));
    let Some(found) = found.filter(|found| found.received + found.lost > 0.0) else { return (None, 1.0) };
    let packets = found.received + found.lost;
    let share = (found.lost + 0.5) / (packets + 1.0);
    let chance = normal((MAX_LOSS - share) / (share * (1.0 - share) / packets).sqrt());
    (Some(found.lost / packets), chance)
}

/// Returns the mean of the last round trips, and for each size the chance that calls are without too much delay.
fn delay(samples: &[Sample]) -> (Option<f64>, [f64; CAPACITY_LADDER.len()]) {
    let last = &samples[samples.len().saturating_sub(RATES)..];
    let trips: Vec<f64> = last.iter().filter_map(|sample| known(sample.audio.as_ref()?.round_trip_time?)).collect();
    let Some(middle) = mean(trips.iter().copied()) else { return (None, [1.0; CAPACITY_LADDER.len()]) };
    let error = standard_error(&trips, middle, ROUND_TRIP_NOISE);
    (Some(middle), CAPACITY_LADDER.map(|rung| normal((rung.round_trip - middle) / error)))
}

/// Returns whether the computer does less than the network carries.
fn is_held_back(last: &[Sample]) -> bool {
    let is_cpu = |sample: &&Sample| sample.quality_limitation_reason.as_deref() == Some("cpu");
    let rates = last.iter().filter_map(|sample| known(sample.video.as_ref()?.frame_rate?));
    last.iter().filter(is_cpu).count() * 2 > last.len() || mean(rates).is_some_and(|rate| rate < MIN_FRAME_RATE)
}

/// Returns the standard error of the mean of values, whose standard deviation is at least `noise`.
fn standard_error(values: &[f64], middle: f64, noise: f64) -> f64 {
    let squares: f64 = values.iter().map(|value| (value - middle).powi(2)).sum();
    let deviation = (squares / (values.len() as f64 - 1.0).max(1.0)).sqrt();
    deviation.max(noise) / (values.len() as f64 / COUNT_AS_ONE).sqrt()
}

/// Returns the standard normal distribution, to 2e-4 and as the module computes it (Page, "Approximations to the
/// cumulative normal function and its inverse", 1977): a confidence on the threshold must fall on the same side in
/// both.
fn normal(z: f64) -> f64 {
    1.0 / (1.0 + (-1.5976 * z - 0.07056 * z.powi(3)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::normal_cdf;

    #[test]
    fn the_normal_distribution_is_close_to_its_exact_value() {
        for z in [-6.0, -2.0, -1.0, -0.1, 0.0, 0.5, 1.96, 4.0] {
            assert!((normal(z) - normal_cdf(z)).abs() < 2e-4, "{z}");
        }
        assert_eq!((normal(f64::INFINITY), normal(f64::NEG_INFINITY)), (1.0, 0.0));
    }

    #[test]
    fn nothing_follows_from_a_few_samples() {
        assert_eq!(capacity(&[]), None);
    }
}
