//! What the network can carry, and how sure that is: the `capacity` profile of the network-test module, recomputed.

use super::number::known;
use super::track::Track;
use super::window::mean;
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
    /// The bit/s from which on such a call does not fill the network.
    pub roomy: f64,
}

impl CapacityRung {
    /// Returns the longest round trip to the router, in seconds, on a network that carries so many bit/s.
    pub fn round_trip(&self, capacity: f64) -> f64 {
        if capacity >= self.roomy { MAX_ROUND_TRIP } else { MAX_ROUND_TRIP_FILLED }
    }
}

/// The sizes, the largest first.
pub const CAPACITY_LADDER: [CapacityRung; 3] = [
    CapacityRung { width: 1280, height: 720, rate: 1_200_000.0, roomy: 2_500_000.0 },
    CapacityRung { width: 640, height: 360, rate: 305_000.0, roomy: 1_300_000.0 },
    CapacityRung { width: 320, height: 180, rate: 290_000.0, roomy: 850_000.0 },
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
/// The largest share of audio that may be lost. A call in which 2 % was lost concealed 1.8 %, and more than 2 % is
/// heard.
pub(crate) const MAX_LOSS: f64 = 0.022;
/// The longest round trip, in seconds, and the longest one on a network that a call fills.
const MAX_ROUND_TRIP: f64 = 0.3;
const MAX_ROUND_TRIP_FILLED: f64 = 0.2;
/// By so many times the growth of the last rates, over their mean, they are taken to grow on.
const AHEAD: f64 = 2.0;
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
    /// Whether no frame came in most of the last samples.
    pub has_stopped: bool,
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
    // Rates that grow go on growing: a size that is not reached yet may be reached soon.
    let soon = middle + AHEAD * (logarithms.last()? - middle).max(0.0);
    let chance = |rung: usize, from: f64| normal((from - CAPACITY_LADDER[rung].rate.ln()) / error);
    let (loss, loss_ok) = loss(&later);
    let (round_trip, delay_ok) = delay(&later, carried);
    let last = &later[later.len().saturating_sub(RATES)..];
    let stopped = stopped_share(last);
    let is_carried = loss_ok >= 0.5 && stopped <= 0.5;
    let by_rate = CAPACITY_LADDER.iter().position(|rung| carried >= rung.rate).filter(|_| is_carried);
    let rung = by_rate.and_then(|first| (first..CAPACITY_LADDER.len()).find(|rung| delay_ok[*rung] >= 0.5));
    let confidence = match (by_rate, rung) {
        _ if stopped > 0.5 => stopped,
        _ if loss_ok < 0.5 => 1.0 - loss_ok,
        (None, _) => 1.0 - chance(CAPACITY_LADDER.len() - 1, soon),
        (Some(first), None) => 1.0 - delay_ok[first..].iter().copied().fold(0.0, f64::max),
        (Some(first), Some(rung)) => {
            let largest = match rung {
                rung if rung > first => 1.0 - delay_ok[first],
                0 => 1.0,
                rung => 1.0 - chance(rung - 1, soon),
            };
            largest * chance(rung, middle) * delay_ok[rung] * loss_ok
        }
    };
    let is_by_computer = rung.is_some() && is_held_back(last);
    let size = rung.and_then(|rung| CAPACITY_LADDER.get(rung + usize::from(is_by_computer)));
    Some(Capacity {
        recommended: size.map(|rung| (rung.width, rung.height)),
        capacity: carried,
        confidence,
        is_estimate,
        is_by_computer,
        loss,
        round_trip,
        has_stopped: stopped > 0.5,
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
    let (lost, sent) = ends.map_or((0.0, 0.0), |pair| packets(&pair));
    if sent == 0.0 {
        return (None, 1.0);
    }
    let share = (lost + 0.5) / (sent + 1.0);
    // Losses can come in bursts, so the shares of the seconds say how far that of all of them may be off.
    let seconds = samples.windows(2).map(packets);
    let shares: Vec<f64> = seconds.filter(|(_, sent)| *sent > 0.0).map(|(lost, sent)| lost / sent).collect();
    let spread = mean(shares.iter().copied()).map_or(0.0, |middle| standard_error(&shares, middle, 0.0));
    let error = (share * (1.0 - share) / sent).sqrt().max(spread);
    (Some(lost / sent), normal((MAX_LOSS - share) / error))
}

/// Returns the packets of audio between two samples: those that were lost, and those that were sent.
fn packets(pair: &[Sample]) -> (f64, f64) {
    Track::Audio.interval(pair).map_or((0.0, 0.0), |one| (one.lost, one.received + one.lost))
}

/// Returns the mean of the last round trips, and for each size the chance that calls are without too much delay.
fn delay(samples: &[Sample], capacity: f64) -> (Option<f64>, [f64; CAPACITY_LADDER.len()]) {
    let last = &samples[samples.len().saturating_sub(RATES)..];
    let trips: Vec<f64> = last.iter().filter_map(|sample| known(sample.audio.as_ref()?.round_trip_time?)).collect();
    let Some(middle) = mean(trips.iter().copied()) else { return (None, [1.0; CAPACITY_LADDER.len()]) };
    let error = standard_error(&trips, middle, ROUND_TRIP_NOISE);
    (Some(middle), CAPACITY_LADDER.map(|rung| normal((rung.round_trip(capacity) - middle) / error)))
}

/// Returns the share of samples in which no frame came: a platform stops the video of a network that does not carry it.
fn stopped_share(last: &[Sample]) -> f64 {
    let (stopped, known) =
        frame_rates(last).fold((0, 0), |(stopped, known), rate| (stopped + usize::from(rate == 0.0), known + 1));
    if known > 0 { stopped as f64 / known as f64 } else { 0.0 }
}

/// Returns the frame rates that are known.
fn frame_rates(samples: &[Sample]) -> impl Iterator<Item = f64> {
    samples.iter().filter_map(|sample| known(sample.video.as_ref()?.frame_rate?))
}

/// Returns whether the computer does less than the network carries.
fn is_held_back(last: &[Sample]) -> bool {
    let is_cpu = |sample: &&Sample| sample.quality_limitation_reason.as_deref() == Some("cpu");
    let rates = frame_rates(last).filter(|rate| *rate > 0.0);
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
