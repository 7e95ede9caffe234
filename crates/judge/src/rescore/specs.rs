//! The case of a scenario that belongs to a recorded case.

use precall_results::{BUILD_AXES, CaseResult};
use precall_scenario::{CaseSpec, Scenario};

/// The cases of scenarios, by which recorded cases are judged again.
#[derive(Debug)]
pub struct Specs<'a>(Vec<&'a CaseSpec>);

impl<'a> Specs<'a> {
    /// Returns the cases of these scenarios.
    pub fn of(scenarios: &'a [Scenario]) -> Self {
        Self(scenarios.iter().flat_map(|scenario| &scenario.cases).collect())
    }

    /// Returns the case with the name and the axes of a recorded case; `None` when there is none. A command
    /// line or a range can add the axes of builds, so the scenario need not have them.
    pub fn of_case(&self, case: &CaseResult) -> Option<&'a CaseSpec> {
        let agrees = |spec: &CaseSpec, is_axis: &dyn Fn(&str) -> bool| {
            let of_spec = spec.axes.iter().filter(|axis| is_axis(&axis.name));
            of_spec.into_iter().all(|axis| case.axes.get(&axis.name).is_some_and(|value| *value == axis.value))
        };
        let named: Vec<_> = self.0.iter().copied().filter(|spec| spec.name == case.name).collect();
        let exact = named.iter().find(|spec| agrees(spec, &|_| true));
        exact.or_else(|| named.iter().find(|spec| agrees(spec, &|name| !BUILD_AXES.contains(&name)))).copied()
    }
}
