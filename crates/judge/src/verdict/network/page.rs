//! The page's own view of the network, compared with the links: whether its media went through them at all.

use super::evidence::{NetworkEvidence, PageTraffic};
use precall_netem::units::Ratio;
use precall_netem::{Backend, LinkConfig, NetworkConfig, path_loss};
use precall_results::{NetworkCheck, Quantity};

/// Fewer packets than this may all be in flight.
const MIN_PACKETS: u64 = 50;
/// The share of the page's packets that must have entered the link: those of the last second may not have been counted.
const MIN_SEEN: f64 = 0.9;
/// How much longer than its links a round trip may take, in seconds: a busy page answers late.
const HOST_SECONDS: f64 = 0.1;
/// How much shorter than its links a round trip may look, in seconds: clocks and rounding.
const GRAIN_SECONDS: f64 = 3e-3;

/// Checks what the page reports.
pub(super) fn check(requested: &NetworkConfig, evidence: &NetworkEvidence) -> Vec<NetworkCheck> {
    let links = match requested.backend {
        Backend::Link => seen_by_link(evidence),
        Backend::DevTools => loss_at_page(requested, evidence),
    };
    [links, round_trip_time(requested, evidence)].into_iter().flatten().collect()
}

/// Checks the loss at the page, for Chrome's own emulation, which drops packets without counting them.
fn loss_at_page(requested: &NetworkConfig, evidence: &NetworkEvidence) -> Option<NetworkCheck> {
    let both_ways = |(_, up, down): (_, &LinkConfig, &LinkConfig)| {
        let [up, down] = [up, down].map(|link| link.loss.map_or(0.0, Ratio::get));
        path_loss(up, down)
    };
    let (least, most) = requested
        .parts()
        .map(both_ways)
        .fold((1.0_f64, 0.0_f64), |(least, most), loss| (least.min(loss), most.max(loss)));
    let PageTraffic { packets_received, packets_lost, .. } = evidence.page;
    let packets = packets_received + packets_lost;
    (most > 0.0 && packets >= MIN_PACKETS).then(|| NetworkCheck {
        quantity: Quantity::Loss,
        direction: None,
        // Not everything is counted that was lost while the page's connection began.
        at_least: Some(least / 2.0),
        at_most: None,
        measured: packets_lost as f64 / packets as f64,
    })
}

fn seen_by_link(evidence: &NetworkEvidence) -> Option<NetworkCheck> {
    let sent = evidence.page.packets_sent;
    let entered = evidence.readings.last().map_or(0, |(_, counters)| counters.up.packets_in);
    (sent >= MIN_PACKETS).then(|| NetworkCheck {
        quantity: Quantity::SeenByLink,
        direction: None,
        at_least: Some(MIN_SEEN),
        at_most: None,
        // The link also sees repairs, feedback and ICE checks.
        measured: (entered as f64 / sent as f64).min(1.0),
    })
}

/// Checks that the round-trip time is not shorter than propagation in both directions, and not longer than the slowest
/// packets were in the links.
fn round_trip_time(requested: &NetworkConfig, evidence: &NetworkEvidence) -> Option<NetworkCheck> {
    let median = evidence.round_trip_time()?;
    let counters = evidence.readings.last()?.1;
    let least_of = |link: &LinkConfig| link.delay.saturating_sub(link.jitter).as_secs_f64();
    let least = requested.parts().map(|(_, up, down)| least_of(up) + least_of(down)).fold(f64::INFINITY, f64::min);
    let most = (counters.up.delay_max + counters.down.delay_max).as_secs_f64() + HOST_SECONDS;
    Some(NetworkCheck {
        quantity: Quantity::RoundTripTime,
        direction: None,
        at_least: Some((least - GRAIN_SECONDS).max(0.0)),
        // On a stream the kernel repairs losses, and its queues are not the link's.
        at_most: (!evidence.is_stream && requested.backend == Backend::Link).then_some(most.max(least)),
        measured: median,
    })
}
