//! Sweeps: cases that show where the advice of a module changes, rather than whether two builds differ.

use std::collections::BTreeSet;

use precall_netem::NetworkConfig;
use precall_scenario::plan::Case;

/// The smallest number of rates or losses that make a sweep.
const MIN_NETWORKS: usize = 4;

/// Returns the names of the cases whose networks differ in nothing but their rate or their loss, and have at least
/// [`MIN_NETWORKS`] values of it.
pub(super) fn swept<'a>(cases: &[&'a Case]) -> BTreeSet<&'a str> {
    let names: BTreeSet<_> = cases.iter().map(|case| case.spec.name.as_str()).collect();
    let is_swept = |name: &&str| {
        let mut networks: Vec<&NetworkConfig> = Vec::new();
        for case in cases.iter().filter(|case| case.spec.name == **name) {
            if !networks.contains(&&case.spec.network) {
                networks.push(&case.spec.network);
            }
        }
        networks.len() >= MIN_NETWORKS
            && [NetworkConfig::without_rate, NetworkConfig::without_loss].iter().any(|without| {
                let mut rest = networks.iter().map(|network| without((*network).clone()));
                let first = rest.next();
                rest.all(|network| Some(network) == first)
            })
    };
    names.into_iter().filter(is_swept).collect()
}
