//! The forecast of a gate: how long it takes, and which changes it can detect.

use std::collections::BTreeMap;
use std::path::Path;

use crate::job::error::JobError;
use crate::job::plan::Plan;
use crate::record::read_results;
use precall_judge::comparison::{Looks, Noise, Sensitivity, cell_name, expected_sensitivity, is_sensitive_enough};
use precall_report::terminal::GateForecast;
use precall_results::CompareSpec;
use precall_results::GateInfo;
use precall_scenario::Picture;
use precall_scenario::plan::{Case, DurationEstimate};

/// Returns the forecast of a gate. `earlier` is a run whose noise is expected again.
///
/// # Errors
///
/// When the earlier run cannot be read.
pub fn forecast(
    plan: &Plan,
    gate: &GateInfo,
    spec: &CompareSpec,
    slots: Option<usize>,
    earlier: Option<&Path>,
) -> Result<GateForecast, JobError> {
    let capacity = plan.capacity();
    let earlier = earlier.map(read_results).transpose()?;
    let first = Looks::new(gate.repeats, spec.level).earliest().unwrap_or(gate.repeats);
    let estimate = |repeats: u32| {
        let is_run = |case: &&Case| case.repeat.unwrap_or(1) <= repeats;
        let cases: Vec<_> = plan.cases.iter().filter(is_run).cloned().collect();
        (cases.len(), DurationEstimate::of(&cases, &plan.durations, capacity, slots))
    };
    let ((early_cases, early), (all_cases, all)) = (estimate(first), estimate(gate.repeats));
    let mut cells: BTreeMap<String, &Case> = BTreeMap::new();
    for case in &plan.cases {
        cells.entry(label(case)).or_insert(case);
    }
    let count = cells.len();
    let foreseen: Vec<_> = cells
        .into_iter()
        .map(|(name, case)| {
            let seen = earlier.as_ref().and_then(|run| Noise::seen(run, &case.spec.name, &case.axes));
            // The noise of other cameras is not known beforehand.
            let is_known = matches!(case.spec.test.camera.picture, Picture::Detailed { .. }) && case.spec.test.quality;
            let noise = seen.or_else(|| is_known.then(|| Noise::expected(&case.spec.network)));
            (name, noise.and_then(|noise| expected_sensitivity(noise, gate.repeats, count, spec)))
        })
        .collect();
    let is_blurred =
        |(_, seen): &&(String, Option<Sensitivity>)| seen.is_some_and(|seen| !is_sensitive_enough(seen, spec));
    let blurred: Vec<_> = foreseen.iter().filter(is_blurred).map(|(name, _)| name.clone()).collect();
    let modules: Vec<_> = plan.cases.first().map(|case| case.module.label()).into_iter().collect();
    Ok(GateForecast {
        sides: (gate.from.clone(), gate.to.clone()),
        module: if gate.axis.as_deref() == Some("module") { "both".to_owned() } else { modules.concat() },
        // Where the noise hides what has to be excluded, the gate goes to its end.
        early: if blurred.is_empty() {
            (first, early_cases, early.wall_clock)
        } else {
            (gate.repeats, all_cases, all.wall_clock)
        },
        most: (gate.repeats, all_cases, all.longest),
        again: all.again,
        cells: foreseen,
        blurred,
        is_by_run: earlier.is_some(),
    })
}

/// A case's name and axes but its builds.
fn label(case: &Case) -> String {
    cell_name(&case.spec.name, case.axes.iter().filter(|(axis, _)| !matches!(axis.as_str(), "sdk" | "module")))
}
