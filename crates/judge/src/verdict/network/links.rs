//! The requested configuration of a link, checked against the link's own counters.

use super::interval::LinkInterval;
use precall_netem::{Direction, LinkConfig};
use precall_results::{NetworkCheck, Quantity};

/// The length of time over which a rate is checked, in seconds. In a shorter time, readings that come late would show.
const RATE_WINDOW_SECONDS: f64 = 5.0;
/// How far a rate may be above the requested one, as a factor.
const RATE_TOLERANCE: f64 = 1.05;
/// How late a reading may come, in seconds.
const LATE_SECONDS: f64 = 0.2;
/// Packets are whole: two of the largest may be at the edges of a window.
const GRAIN_BITS: f64 = 2.0 * 1500.0 * 8.0;
/// How far a mean delay may be below the requested one, in seconds.
const DELAY_TOLERANCE_SECONDS: f64 = 1e-3;
/// How many standard deviations a count may be off: by chance, one in a hundred thousand is.
const DEVIATIONS: f64 = 4.5;
/// How many packets a count may be off on top, for counts that are too small for a normal distribution.
const FEW_PACKETS: f64 = 3.0;
/// With fewer packets than this, a share is not checked.
const MIN_PACKETS: f64 = 100.0;

/// Checks one direction. A stream neither loses packets nor drops them in outages, so only its rate and delay are
/// checked.
pub(super) fn check(direction: Direction, intervals: &[LinkInterval<'_>], is_stream: bool) -> Vec<NetworkCheck> {
    let checks = match is_stream {
        true => vec![rate(intervals), delay(intervals)],
        false => vec![rate(intervals), delay(intervals), loss(intervals), burst_loss(intervals), outage(intervals)],
    };
    let mut checks: Vec<_> = checks.into_iter().flatten().collect();
    checks.iter_mut().for_each(|check| check.direction = Some(direction));
    checks
}

/// Checks the rate of one direction, and nothing else.
pub(super) fn check_rate(direction: Direction, intervals: &[LinkInterval<'_>]) -> Vec<NetworkCheck> {
    rate(intervals).into_iter().map(|check| NetworkCheck { direction: Some(direction), ..check }).collect()
}

/// Checks the busiest time in which the link had a rate.
fn rate(intervals: &[LinkInterval<'_>]) -> Option<NetworkCheck> {
    let runs = intervals.split(|interval| interval.requested.iter().any(|link| link.nominal_rate().is_none()));
    let windows = runs.flat_map(|run| (0..run.len()).map(|first| rate_window(&run[first..])));
    let checks = windows.flatten().map(|(bits, allowed, seconds)| NetworkCheck {
        quantity: Quantity::Rate,
        direction: None,
        at_least: None,
        at_most: Some(allowed / seconds),
        measured: bits / seconds,
    });
    let excess = |check: &NetworkCheck| check.measured / check.at_most.unwrap_or(f64::INFINITY);
    checks.max_by(|a, b| excess(a).total_cmp(&excess(b)))
}

/// Returns the bits that left the link in the first seconds of a run, the bits that were allowed to, and the number of
/// seconds; `None` where the run is too short.
fn rate_window(run: &[LinkInterval<'_>]) -> Option<(f64, f64, f64)> {
    let (mut bits, mut allowed, mut seconds, mut grain) = (0.0, 0.0, 0.0, 0.0_f64);
    for interval in run {
        let rate = interval.range(|link| link.nominal_rate().map_or(0.0, |rate| rate.bits_per_second() as f64)).1;
        // A recorded rate may bring all of its mean at once.
        let period = interval.range(|link| link.trace.as_ref().map_or(0.0, |trace| trace.period().as_secs_f64())).1;
        bits += interval.activity.bytes_out * 8.0;
        allowed += rate * interval.seconds() * RATE_TOLERANCE;
        grain = grain.max(rate * (LATE_SECONDS + period) + GRAIN_BITS);
        seconds += interval.seconds();
        if seconds >= RATE_WINDOW_SECONDS {
            return Some((bits, allowed + grain, seconds));
        }
    }
    None
}

/// Checks that the mean delay is not below the propagation delay. The queue accounts for the rest.
fn delay(intervals: &[LinkInterval<'_>]) -> Option<NetworkCheck> {
    let packets: f64 = intervals.iter().map(|interval| interval.activity.packets_out).sum();
    let least: f64 = intervals
        .iter()
        .map(|interval| interval.range(|link| link.delay.as_secs_f64()).0 * interval.activity.packets_out)
        .sum();
    // Jitter is drawn evenly in both directions, so it leaves the mean as it is, but for chance.
    let jitter =
        intervals.iter().map(|interval| interval.range(|link| link.jitter.as_secs_f64()).1).fold(0.0, f64::max);
    let total: f64 = intervals.iter().map(|interval| interval.activity.delay_nanos / 1e9).sum();
    (packets >= MIN_PACKETS && least > 0.0).then(|| NetworkCheck {
        quantity: Quantity::Delay,
        direction: None,
        at_least: Some((least / packets - DELAY_TOLERANCE_SECONDS - jitter / 4.0).max(0.0)),
        at_most: None,
        measured: total / packets,
    })
}

/// Checks random loss, which drops each packet on its own.
fn loss(intervals: &[LinkInterval<'_>]) -> Option<NetworkCheck> {
    let share = |link: &LinkConfig| link.loss.map_or(0.0, |loss| loss.get());
    let dropped = intervals.iter().map(|interval| interval.activity.packets_dropped_loss).sum();
    share_of_packets(Quantity::Loss, intervals, share, |_| 1.0, dropped)
}

/// Checks loss in bursts. Losses of consecutive packets are correlated, so the same number of packets shows less, by
/// the factor that the autocorrelation of a two-state chain gives: `(1 + λ) / (1 − λ)` with `λ = 1 − p − r`.
fn burst_loss(intervals: &[LinkInterval<'_>]) -> Option<NetworkCheck> {
    let share = |link: &LinkConfig| link.burst.map_or(0.0, |burst| burst.mean_loss().get());
    let spread = |link: &LinkConfig| {
        let change = link.burst.map_or(1.0, |burst| burst.p.get() + burst.r.get());
        if change > 0.0 { ((2.0 - change) / change).max(1.0) } else { f64::INFINITY }
    };
    let dropped = intervals.iter().map(|interval| interval.activity.packets_dropped_burst).sum();
    share_of_packets(Quantity::BurstLoss, intervals, share, spread, dropped)
}

/// Checks one cause of loss. Its share is of the packets that entered, without copies: the link draws the loss before
/// it duplicates a packet.
fn share_of_packets(
    quantity: Quantity,
    intervals: &[LinkInterval<'_>],
    share: impl Fn(&LinkConfig) -> f64,
    spread: impl Fn(&LinkConfig) -> f64,
    dropped: f64,
) -> Option<NetworkCheck> {
    let (mut packets, mut fewest, mut most, mut variance) = (0.0, 0.0, 0.0, 0.0);
    for interval in intervals {
        let activity = &interval.activity;
        // A packet that an outage drops is not exposed to loss: every packet is dropped for one reason.
        let exposed = (activity.packets_in - activity.packets_dropped_outage).max(0.0);
        let others = activity.packets_dropped_loss + activity.packets_dropped_burst;
        let (low, high) = interval.range(&share);
        packets += exposed;
        fewest += (exposed - others).max(0.0) * low;
        most += exposed * high;
        variance += exposed * high * (1.0 - high) * interval.range(&spread).1;
    }
    (packets >= MIN_PACKETS && most > 0.0).then(|| {
        let margin = DEVIATIONS * variance.sqrt() + FEW_PACKETS;
        let of = |count: f64| count.max(0.0) / packets;
        NetworkCheck {
            quantity,
            direction: None,
            at_least: Some(of(fewest - margin)),
            at_most: Some(of(most + margin).min(1.0)),
            measured: of(dropped),
        }
    })
}

/// Checks that no packet passed that entered in an outage.
fn outage(intervals: &[LinkInterval<'_>]) -> Option<NetworkCheck> {
    let out: Vec<_> = intervals.iter().filter(|interval| interval.is_out()).collect();
    let passed = |interval: &&LinkInterval<'_>| {
        (interval.activity.packets_in - interval.activity.packets_dropped_outage).max(0.0)
    };
    let measured = out.iter().map(passed).sum();
    (!out.is_empty()).then_some(NetworkCheck {
        quantity: Quantity::PassedInOutage,
        direction: None,
        at_least: None,
        at_most: Some(0.0),
        measured,
    })
}
