//! One case of a plan.

use crate::scenario::{CaseSpec, ModuleSpec, Scenario};

/// One case: all that is needed to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Readable and stable between runs: names the case in files, URLs and reports. `clean`, or `clean,module=2.4.4` when
    /// the scenario runs it with several modules.
    pub id: String,
    /// What it asks for.
    pub spec: CaseSpec,
    /// The network-test module under test.
    pub module: ModuleSpec,
    /// The seed of its own random choices; follows from the scenario's seed and the case's name alone, so that cases which
    /// are to be compared have the same luck.
    pub seed: u64,
}

/// The cases of a scenario, in file order; a case with several modules once for each.
pub fn expand(scenario: &Scenario) -> Vec<Case> {
    let cases = scenario.cases.iter().flat_map(|spec| {
        let modules = &spec.test.modules;
        modules.iter().map(move |module| Case {
            id: if modules.len() > 1 { format!("{},module={}", spec.name, module.label()) } else { spec.name.clone() },
            spec: spec.clone(),
            module: module.clone(),
            seed: seed_of(scenario.seed, &spec.name),
        })
    });
    cases.collect()
}

/// FNV-1a over the name, started from the scenario's seed: stable between releases, unlike the standard hasher.
fn seed_of(seed: u64, name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_seed_depends_on_the_scenario_and_the_name_alone() {
        assert_eq!(seed_of(1, "clean"), seed_of(1, "clean"));
        assert_ne!(seed_of(1, "clean"), seed_of(2, "clean"));
        assert_ne!(seed_of(1, "clean"), seed_of(1, "slow-lossy"));
    }

    #[test]
    fn a_case_runs_once_with_each_module() {
        let text = r#"
            [[case]]
            name = "a"
            [[case]]
            name = "b"
            test.module = ["built-in", "npm:opentok-network-test-js@2.4.4"]
        "#;
        let scenario = crate::scenario::parse(text, Path::new("test.toml")).expect("a scenario");
        let cases = expand(&scenario);
        let ids: Vec<_> = cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["a", "b,module=built-in", "b,module=2.4.4"]);
        assert_eq!(cases[1].seed, cases[2].seed);
    }
}
