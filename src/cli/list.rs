//! `precall list`.

use super::args::ListArguments;
use super::notices;
use super::view::view;
use crate::job::{JobError, Plan, cpus, plan};
use precall_report::terminal::{PlannedCase, planned};
use precall_results::Exit;
use precall_scenario::plan::{CpuWeight, Estimate};
use precall_support::output;

pub(super) async fn list(arguments: &ListArguments) -> Result<Exit, JobError> {
    let plan = plan(&arguments.plan.request()).await?;
    notices::print(&plan);
    print(&plan, None, arguments.json)?;
    Ok(Exit::Passed)
}

/// Prints a plan, with its duration when `slots` cases run at once, or by default as many as the CPUs can carry.
pub(super) fn print(plan: &Plan, slots: Option<usize>, json: bool) -> Result<(), JobError> {
    let rows: Vec<_> = plan
        .cases
        .iter()
        .map(|case| PlannedCase {
            id: case.id.clone(),
            name: case.spec.name.clone(),
            axes: case.axes.clone(),
            repeat: case.repeat,
            seconds: plan.durations.of(case).as_secs_f64(),
        })
        .collect();
    if json {
        output::print_json(serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    let cpus = cpus();
    let estimate = Estimate::of(&plan.cases, &plan.durations, CpuWeight::from_cpus(cpus), slots);
    output::print(planned(&rows, (estimate.wall_clock, estimate.longest), estimate.again, cpus, view(false)));
    Ok(())
}
