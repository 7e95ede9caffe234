//! What the page knows of the network, held against the links: whether its media went through them at all.

use super::evidence::{NetworkEvidence, PageTraffic};
use precall_netem::units::Ratio;
use precall_netem::{Backend, LinkConfig, NetworkConfig};
use precall_results::{NetworkCheck, Quantity};

/// Fewer packets than this may all be on the way.
const MIN_PACKETS: u64 = 50;
/// The share of the page's packets that must have come to the link: the last second's may not have been counted.
const MIN_SEEN: f64 = 0.9;
/// What a round trip may take beyond its links, in seconds: a busy page answers late.
const HOST_SECONDS: f64 = 0.1;
/// What clocks and rounding may take off it, in seconds.
const GRAIN_SECONDS: f64 = 3e-3;

/// Checks what the page says.
pub(super) fn check(asked: &NetworkConfig, evidence: &NetworkEvidence) -> Vec<NetworkCheck> {
    let links = match asked.backend {
        Backend::Link => seen_by_link(evidence),
        Backend::DevTools => loss_at_page(asked, evidence),
    };
    [links, round_trip_time(asked, evidence)].into_iter().flatten().collect()
}

/// Chrome drops without counting: only what misses at the page tells.
fn loss_at_page(asked: &NetworkConfig, evidence: &NetworkEvidence) -> Option<NetworkCheck> {
    let both_ways = |(_, up, down): (_, &LinkConfig, &LinkConfig)| {
        let passes = |link: &LinkConfig| 1.0 - link.loss.map_or(0.0, Ratio::get);
        1.0 - passes(up) * passes(down)
    };
    let (least, most) =
        asked.parts().map(both_ways).fold((1.0_f64, 0.0_f64), |(least, most), loss| (least.min(loss), most.max(loss)));
    let PageTraffic { packets_received, packets_lost, .. } = evidence.page;
    let packets = packets_received + packets_lost;
    (most > 0.0 && packets >= MIN_PACKETS).then(|| NetworkCheck {
        quantity: Quantity::Loss,
        direction: None,
        // What was lost while the page's connection began is not all counted.
        at_least: Some(least / 2.0),
        at_most: None,
        measured: packets_lost as f64 / packets as f64,
    })
}

fn seen_by_link(evidence: &NetworkEvidence) -> Option<NetworkCheck> {
    let sent = evidence.page.packets_sent;
    let came = evidence.snapshots.last().map_or(0, |(_, counters)| counters.up.packets_in);
    (sent >= MIN_PACKETS).then(|| NetworkCheck {
        quantity: Quantity::SeenByLink,
        direction: None,
        at_least: Some(MIN_SEEN),
        at_most: None,
        // The link also sees repairs, feedback and ICE checks.
        measured: (came as f64 / sent as f64).min(1.0),
    })
}

/// Not shorter than propagation takes both ways, and not longer than the slowest packets were under way.
fn round_trip_time(asked: &NetworkConfig, evidence: &NetworkEvidence) -> Option<NetworkCheck> {
    let median = evidence.round_trip_time()?;
    let counters = evidence.snapshots.last()?.1;
    let least_of = |link: &LinkConfig| link.delay.saturating_sub(link.jitter).as_secs_f64();
    let least = asked.parts().map(|(_, up, down)| least_of(up) + least_of(down)).fold(f64::INFINITY, f64::min);
    let most = (counters.up.delay_max + counters.down.delay_max).as_secs_f64() + HOST_SECONDS;
    Some(NetworkCheck {
        quantity: Quantity::RoundTripTime,
        direction: None,
        at_least: Some((least - GRAIN_SECONDS).max(0.0)),
        // A stream repairs what its kernel lost, and its queues are not the link's.
        at_most: (!evidence.is_stream && asked.backend == Backend::Link).then_some(most.max(least)),
        measured: median,
    })
}
