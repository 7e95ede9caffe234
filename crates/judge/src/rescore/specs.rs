//! What a scenario says of a recorded case.

use precall_results::CaseResult;
use precall_scenario::{CaseSpec, Scenario};

/// Builds that a command line or a range put in, which a scenario need not name.
const BUILDS: [&str; 2] = ["sdk", "module"];

/// The cases of scenarios, to be found by recorded ones.
#[derive(Debug)]
pub struct Specs<'a>(Vec<&'a CaseSpec>);

impl<'a> Specs<'a> {
    /// Those of these scenarios.
    pub fn of(scenarios: &'a [Scenario]) -> Self {
        Self(scenarios.iter().flat_map(|scenario| &scenario.cases).collect())
    }

    /// What is asked of a recorded case: the one of its name and its axes. Its build may have been chosen elsewhere.
    pub fn of_case(&self, case: &CaseResult) -> Option<&'a CaseSpec> {
        let agrees = |spec: &CaseSpec, is_axis: &dyn Fn(&str) -> bool| {
            let of_spec = spec.axes.iter().filter(|axis| is_axis(&axis.name));
            of_spec.into_iter().all(|axis| case.axes.get(&axis.name).is_some_and(|value| *value == axis.value))
        };
        let named: Vec<_> = self.0.iter().copied().filter(|spec| spec.name == case.name).collect();
        let exact = named.iter().find(|spec| agrees(spec, &|_| true));
        exact.or_else(|| named.iter().find(|spec| agrees(spec, &|name| !BUILDS.contains(&name)))).copied()
    }
}
