//! The text of a plan.

use crate::job::{JobError, Plan, cpus};
use precall_report::terminal::{PlannedCase, View, planned};
use precall_scenario::plan::DurationEstimate;

fn rows(plan: &Plan) -> Vec<PlannedCase> {
    plan.cases
        .iter()
        .map(|case| PlannedCase {
            id: case.id.clone(),
            name: case.spec.name.clone(),
            axes: case.axes.clone(),
            repeat: case.repeat,
            seconds: plan.durations.of(case).as_secs_f64(),
        })
        .collect()
}

/// Returns the cases of a plan as a table, with its duration when `slots` cases run at once, or by default as many as
/// the CPUs can carry.
pub fn plan_text(plan: &Plan, slots: Option<usize>, view: View) -> String {
    let cpus = cpus();
    let estimate = DurationEstimate::of(&plan.cases, &plan.durations, plan.capacity(), slots);
    planned(&rows(plan), (estimate.wall_clock, estimate.longest), estimate.again, cpus, view)
}

/// Returns the cases of a plan as JSON.
///
/// # Errors
///
/// When a value has no JSON.
pub fn plan_json(plan: &Plan) -> Result<String, JobError> {
    Ok(serde_json::to_string_pretty(&rows(plan))?)
}
