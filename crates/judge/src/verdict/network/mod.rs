//! The network of a case: whether it was the requested one, and how accurately the SDK and the module report it. Pure.
//!
//! The links' counters are the ground truth, and what the page reports is compared with them.

mod accuracy;
mod evidence;
mod interval;
mod links;
mod page;

pub use accuracy::accuracy;
pub use evidence::{NetworkEvidence, PageTraffic};

use precall_netem::{Backend, Direction, NetworkConfig};
use precall_results::NetworkCheck;

/// Compares the requested network with the measured one. A figure that was not requested, or not measured, is not among
/// the checks. Without links, as on the way to a remote platform, there are no checks.
pub fn check_network(requested: &NetworkConfig, evidence: &NetworkEvidence) -> Vec<NetworkCheck> {
    if evidence.readings.is_empty() {
        return Vec::new();
    }
    let links = [Direction::Up, Direction::Down].into_iter().flat_map(|direction| {
        let intervals = interval::intervals(requested, direction, &evidence.readings);
        match (requested.backend, direction) {
            (Backend::Link, _) => links::check(direction, &intervals, evidence.is_stream),
            // Chrome is between the page and the links: they see what Chrome lets up, and not what it lets down.
            (Backend::DevTools, Direction::Up) => links::check_rate(direction, &intervals),
            (Backend::DevTools, Direction::Down) => Vec::new(),
        }
    });
    // Results hold only numbers that can be read back.
    links.chain(page::check(requested, evidence)).filter(|check| check.measured.is_finite()).collect()
}

#[cfg(test)]
mod tests;
