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
