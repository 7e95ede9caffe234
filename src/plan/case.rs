//! One case of a plan.

use crate::scenario::{CaseSpec, Scenario};

/// One case: all that is needed to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Readable and stable between runs: names the case in files, URLs and reports.
    pub id: String,
    /// What it asks for.
    pub spec: CaseSpec,
    /// The seed of its own random choices; follows from the scenario's seed and the id alone.
    pub seed: u64,
}

/// The cases of a scenario, in file order.
pub fn expand(scenario: &Scenario) -> Vec<Case> {
    scenario
        .cases
        .iter()
        .map(|spec| Case { id: spec.name.clone(), spec: spec.clone(), seed: seed_of(scenario.seed, &spec.name) })
        .collect()
}

/// FNV-1a over the id, started from the scenario's seed: stable between releases, unlike the standard hasher.
fn seed_of(seed: u64, id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_depends_on_the_scenario_and_the_id_alone() {
        assert_eq!(seed_of(1, "clean"), seed_of(1, "clean"));
        assert_ne!(seed_of(1, "clean"), seed_of(2, "clean"));
        assert_ne!(seed_of(1, "clean"), seed_of(1, "slow-lossy"));
    }
}
