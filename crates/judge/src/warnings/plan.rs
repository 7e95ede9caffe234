//! All warnings about a plan.

use std::collections::HashSet;

use super::warning::Warning;
use super::{compared, expectations, timing};
use precall_scenario::plan::Case;
use precall_scenario::{Scenario, label};

/// Returns all warnings about scenarios and their cases, deprecated keys among them, each once, in the order of the
/// scenarios and of the lines in them.
pub fn warnings(scenarios: &[Scenario], cases: &[Case]) -> Vec<Warning> {
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    for scenario in scenarios {
        let name = label(&scenario.name);
        let is_own = |case: &&Case| scenarios.len() == 1 || case.axes.get("scenario") == Some(&name);
        let own: Vec<_> = cases.iter().filter(is_own).collect();
        // `precall gate` plans the repeats of a file with a `[gate]`.
        let few =
            if scenario.gate.is_empty() { compared::too_few_repeats(&own, &scenario.compare) } else { Vec::new() };
        let found = few
            .into_iter()
            .chain(compared::plain_picture(&own))
            .chain(timing::too_short(&own))
            .chain(timing::never(&own))
            .chain(expectations::check(&own))
            .chain(scenario.deprecated.iter().map(|key| (Some(&key.place), key.to_string())));
        let mut found: Vec<_> = found.map(|(place, message)| (place.cloned(), message)).collect();
        found.sort_by_key(|(place, _)| place.as_ref().map(|place| (place.file.clone(), place.line)));
        let warning = |(place, message)| Warning { file: Some(scenario.path.clone()), place, message };
        for warning in found.into_iter().map(warning) {
            if seen.insert(warning.to_string()) {
                all.push(warning);
            }
        }
    }
    all
}
