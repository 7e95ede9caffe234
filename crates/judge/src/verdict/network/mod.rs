//! The network of a case: whether it was the one asked for, and how far the SDK's and the module's figures are from it. Pure.
//!
//! What the links counted is the truth; what the page says is held against it, never the reverse.

mod claims;
mod evidence;
mod interval;
mod links;
mod page;

pub use claims::claims;
pub use evidence::{NetworkEvidence, PageTraffic};

use precall_netem::{Backend, Direction, NetworkConfig};
use precall_results::NetworkCheck;

/// Holds what was asked of a network against what there was. A figure that was not asked for, or that nothing was measured
/// of, is not among them; without links, as on the way to a platform elsewhere, there is none.
pub fn check_network(asked: &NetworkConfig, evidence: &NetworkEvidence) -> Vec<NetworkCheck> {
    if evidence.snapshots.is_empty() {
        return Vec::new();
    }
    let links = [Direction::Up, Direction::Down].into_iter().flat_map(|direction| {
        let intervals = interval::intervals(asked, direction, &evidence.snapshots);
        match (asked.backend, direction) {
            (Backend::Link, _) => links::check(direction, &intervals, evidence.is_stream),
            // Chrome is between the page and the links: they see what it lets up, and not what it lets down.
            (Backend::DevTools, Direction::Up) => links::check_rate(direction, &intervals),
            (Backend::DevTools, Direction::Down) => Vec::new(),
        }
    });
    // Results hold no number that cannot be read back.
    links.chain(page::check(asked, evidence)).filter(|check| check.measured.is_finite()).collect()
}

#[cfg(test)]
mod tests;
