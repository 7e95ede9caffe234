//! `precall list`.

use super::args::ListArguments;
use super::error::CliError;
use super::notices;
use super::planning::{Planned, plan};
use super::view::view;
use precall_report::terminal::{PlannedCase, planned};
use precall_results::Exit;
use precall_scenario::plan::{CpuWeight, DurationEstimate};
use precall_support::output;

pub(super) async fn list(arguments: &ListArguments) -> Result<Exit, CliError> {
    let plan = plan(&arguments.plan, None).await?;
    notices::say(&plan);
    print(&plan, None, arguments.json)?;
    Ok(Exit::Passed)
}

/// Prints a plan, with what it would take; `slots` as the command line has it.
pub(super) fn print(plan: &Planned, slots: Option<usize>, json: bool) -> Result<(), CliError> {
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
        let text = serde_json::to_string_pretty(&rows).map_err(|error| CliError::new(Exit::Infrastructure, error))?;
        output::print_json(text);
        return Ok(());
    }
    let cpus = cpus();
    let estimate = DurationEstimate::of(&plan.cases, &plan.durations, CpuWeight::from_cpus(cpus), slots);
    output::print(planned(&rows, (estimate.wall_clock, estimate.longest), estimate.again, cpus, view(false)));
    Ok(())
}

/// The CPUs that precall may use.
pub(super) fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
