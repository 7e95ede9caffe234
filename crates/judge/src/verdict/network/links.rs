//! What a link was asked to be, held against its own counters.

use super::interval::Interval;
use precall_netem::{Direction, LinkConfig};
use precall_results::{NetworkCheck, Quantity};

/// How long a rate is looked at, in seconds: less, and looks that come late would show.
const RATE_WINDOW_SECONDS: f64 = 5.0;
/// How far a rate may be above the one asked for.
const RATE_TOLERANCE: f64 = 1.05;
/// How late a look may come, in seconds.
const LATE_SECONDS: f64 = 0.2;
/// Packets are whole: two of the largest.
const GRAIN_BITS: f64 = 2.0 * 1500.0 * 8.0;
/// How far below the one asked for a mean delay may be, in seconds.
const DELAY_TOLERANCE_SECONDS: f64 = 1e-3;
/// How many standard deviations a count may be off: by chance, one in a hundred thousand is.
const DEVIATIONS: f64 = 4.5;
/// And so many packets on top, for counts that are too small for a normal distribution.
const FEW_PACKETS: f64 = 3.0;
/// Fewer packets than this say nothing of a share.
const MIN_PACKETS: u64 = 100;

/// Checks one direction.
pub(super) fn check(direction: Direction, intervals: &[Interval<'_>], is_stream: bool) -> Vec<NetworkCheck> {
    let checks = match is_stream {
        true => vec![rate(intervals), delay(intervals)],
        false => vec![rate(intervals), delay(intervals), loss(intervals), burst_loss(intervals), outage(intervals)],
    };
    let mut checks: Vec<_> = checks.into_iter().flatten().collect();
    checks.iter_mut().for_each(|check| check.direction = Some(direction));
    checks
}

/// Checks the rate alone, of one direction.
pub(super) fn check_rate(direction: Direction, intervals: &[Interval<'_>]) -> Vec<NetworkCheck> {
    rate(intervals).into_iter().map(|check| NetworkCheck { direction: Some(direction), ..check }).collect()
}

/// The busiest time in which the link had a rate.
fn rate(intervals: &[Interval<'_>]) -> Option<NetworkCheck> {
    let runs = intervals.split(|interval| interval.asked.iter().any(|link| link.nominal_rate().is_none()));
    let windows = runs.flat_map(|run| (0..run.len()).map(|first| window(&run[first..])));
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

/// The bits that left at the beginning of a run, those that may have, and in how many seconds; `None` where it is too short.
fn window(run: &[Interval<'_>]) -> Option<(f64, f64, f64)> {
    let (mut bits, mut allowed, mut seconds, mut grain) = (0.0, 0.0, 0.0, 0.0_f64);
    for interval in run {
        let rate = interval.range(|link| link.nominal_rate().map_or(0.0, |rate| rate.bits_per_second() as f64)).1;
        // A recorded rate may bring all of its mean at once.
        let period = interval.range(|link| link.trace.as_ref().map_or(0.0, |trace| trace.period().as_secs_f64())).1;
        bits += interval.did.bytes_out as f64 * 8.0;
        allowed += rate * interval.seconds() * RATE_TOLERANCE;
        grain = grain.max(rate * (LATE_SECONDS + period) + GRAIN_BITS);
        seconds += interval.seconds();
        if seconds >= RATE_WINDOW_SECONDS {
            return Some((bits, allowed + grain, seconds));
        }
    }
    None
}

/// The mean delay: never less than what propagation takes. What more there is, is the queue's.
fn delay(intervals: &[Interval<'_>]) -> Option<NetworkCheck> {
    let packets: u64 = intervals.iter().map(|interval| interval.did.packets_out).sum();
    let least: f64 = intervals
        .iter()
        .map(|interval| interval.range(|link| link.delay.as_secs_f64()).0 * interval.did.packets_out as f64)
        .sum();
    // Drawn evenly either way, jitter leaves the mean as it is, but for chance.
    let jitter =
        intervals.iter().map(|interval| interval.range(|link| link.jitter.as_secs_f64()).1).fold(0.0, f64::max);
    let total: f64 = intervals.iter().map(|interval| interval.did.delay_total.as_secs_f64()).sum();
    (packets >= MIN_PACKETS && least > 0.0).then(|| NetworkCheck {
        quantity: Quantity::Delay,
        direction: None,
        at_least: Some((least / packets as f64 - DELAY_TOLERANCE_SECONDS - jitter / 4.0).max(0.0)),
        at_most: None,
        measured: total / packets as f64,
    })
}

/// Random loss, each packet on its own.
fn loss(intervals: &[Interval<'_>]) -> Option<NetworkCheck> {
    let share = |link: &LinkConfig| link.loss.map_or(0.0, |loss| loss.get());
    let dropped = intervals.iter().map(|interval| interval.did.packets_dropped_loss).sum();
    share_of_packets(Quantity::Loss, intervals, share, |_| 1.0, dropped)
}

/// Loss in bursts. Neighbours share their fate: as many packets say less, by the factor that the autocorrelation of a
/// two-state chain gives, `(1 + λ) / (1 − λ)` with `λ = 1 − p − r`.
fn burst_loss(intervals: &[Interval<'_>]) -> Option<NetworkCheck> {
    let share = |link: &LinkConfig| link.burst.map_or(0.0, |burst| burst.mean_loss().get());
    let spread = |link: &LinkConfig| {
        let change = link.burst.map_or(1.0, |burst| burst.p.get() + burst.r.get());
        if change > 0.0 { ((2.0 - change) / change).max(1.0) } else { f64::INFINITY }
    };
    let dropped = intervals.iter().map(|interval| interval.did.packets_dropped_burst).sum();
    share_of_packets(Quantity::BurstLoss, intervals, share, spread, dropped)
}

fn share_of_packets(
    quantity: Quantity,
    intervals: &[Interval<'_>],
    share: impl Fn(&LinkConfig) -> f64,
    spread: impl Fn(&LinkConfig) -> f64,
    dropped: u64,
) -> Option<NetworkCheck> {
    let (mut packets, mut fewest, mut most, mut variance) = (0, 0.0, 0.0, 0.0);
    for interval in intervals {
        let did = &interval.did;
        // What an outage drops has met no other fate; a packet is lost for one reason.
        let exposed = did.packets_in.saturating_sub(did.packets_dropped_outage);
        let others = did.packets_dropped_loss + did.packets_dropped_burst;
        let (low, high) = interval.range(&share);
        packets += exposed;
        fewest += exposed.saturating_sub(others) as f64 * low;
        most += exposed as f64 * high;
        variance += exposed as f64 * high * (1.0 - high) * interval.range(&spread).1;
    }
    (packets >= MIN_PACKETS && most > 0.0).then(|| {
        let margin = DEVIATIONS * variance.sqrt() + FEW_PACKETS;
        let of = |count: f64| count.max(0.0) / packets as f64;
        NetworkCheck {
            quantity,
            direction: None,
            at_least: Some(of(fewest - margin)),
            at_most: Some(of(most + margin).min(1.0)),
            measured: of(dropped as f64),
        }
    })
}

/// Packets that entered in an outage and were not dropped.
fn outage(intervals: &[Interval<'_>]) -> Option<NetworkCheck> {
    let out: Vec<_> = intervals.iter().filter(|interval| interval.is_out()).collect();
    let passed: u64 = out
        .iter()
        .map(|interval| interval.did.packets_in - interval.did.packets_dropped_outage.min(interval.did.packets_in))
        .sum();
    (!out.is_empty()).then_some(NetworkCheck {
        quantity: Quantity::PassedInOutage,
        direction: None,
        at_least: None,
        at_most: Some(0.0),
        measured: passed as f64,
    })
}
