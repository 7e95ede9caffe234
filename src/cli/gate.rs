//! `precall gate`.

use super::run::print_finished;
use crate::arguments::GateArguments;
use crate::job::{JobError, PlannedRun, forecast, plan_gate, prepare, run, unless_stopped};
use crate::process::stop_on_signal;
use crate::show::{display, print_notice, view, view_of_stderr};
use precall_report::terminal::gate_forecast;
use precall_results::Exit;
use precall_support::output::{eprint, print};

pub(super) async fn gate(arguments: GateArguments) -> Result<Exit, JobError> {
    let stop = stop_on_signal();
    let is_quiet = arguments.quiet;
    let (request, plan) = unless_stopped(&stop, plan_gate(&arguments.request())).await?;
    if let Some(gate) = &plan.record.gate {
        let spec = request.compare.over(&plan.compare);
        let forecast = forecast(&plan, gate, &spec, request.limits.slots, arguments.durations.as_deref())?;
        if arguments.dry_run {
            print(gate_forecast(&forecast, view(false)));
            return Ok(Exit::Passed);
        }
        if !is_quiet {
            eprint(gate_forecast(&forecast, view_of_stderr(false)));
        }
    }
    let notices = |notice| print_notice(notice, is_quiet);
    let prepared = prepare(request, PlannedRun::new(plan), &notices, &stop).await?;
    let display = display(&prepared, is_quiet);
    Ok(print_finished(run(prepared, vec![display], &stop).await?, arguments.verbose, false))
}
