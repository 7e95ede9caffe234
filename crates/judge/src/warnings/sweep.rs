//! Sweeps: cases that show where the advice of a module changes, rather than whether two builds differ.

use std::collections::{BTreeMap, BTreeSet};

use precall_netem::NetworkConfig;
use precall_scenario::plan::Case;

/// The smallest number of rates or losses that make a sweep.
const MIN_NETWORKS: usize = 4;

/// Returns the names of the cases whose networks differ in nothing but their rate or their loss, and have at least
/// [`MIN_NETWORKS`] values of it.
pub(super) fn swept<'a>(cases: &[&'a Case]) -> BTreeSet<&'a str> {
    let mut by_name: BTreeMap<&str, Vec<&NetworkConfig>> = BTreeMap::new();
    for case in cases {
        by_name.entry(case.spec.name.as_str()).or_default().push(&case.spec.network);
    }
    by_name.into_iter().filter(|(_, networks)| is_sweep(networks)).map(|(name, _)| name).collect()
}

/// Returns whether these are enough networks, and alike but for one figure. A plan may have 100,000 of them: none is
/// held against all others.
fn is_sweep(networks: &[&NetworkConfig]) -> bool {
    let mut different: Vec<&NetworkConfig> = Vec::new();
    for network in networks {
        if different.len() < MIN_NETWORKS && !different.contains(network) {
            different.push(network);
        }
    }
    different.len() >= MIN_NETWORKS
        && [NetworkConfig::without_rate, NetworkConfig::without_loss].iter().any(|without| {
            let mut rest = networks.iter().map(|network| without((*network).clone()));
            let first = rest.next();
            rest.all(|network| Some(network) == first)
        })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn with_rate(kilobits: usize) -> NetworkConfig {
        let rate = format!("{kilobits} kbit/s").parse().expect("a rate");
        let mut network = NetworkConfig::default();
        network.up.rate = Some(rate);
        network
    }

    #[test]
    fn networks_that_differ_in_one_figure_are_a_sweep() {
        let networks: Vec<_> = (100..104).map(with_rate).collect();
        assert!(is_sweep(&networks.iter().collect::<Vec<_>>()));
        assert!(!is_sweep(&networks[..3].iter().collect::<Vec<_>>()), "too few");
        let mut other = with_rate(200);
        other.down.delay = Duration::from_millis(50);
        let others: Vec<_> = networks.iter().chain([&other]).collect();
        assert!(!is_sweep(&others), "two figures differ");
    }

    /// Holding each network against all others took minutes.
    #[test]
    fn many_networks_are_looked_at_quickly() {
        let networks: Vec<_> = (100..60_100).map(with_rate).collect();
        let began = Instant::now();
        assert!(is_sweep(&networks.iter().collect::<Vec<_>>()));
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
