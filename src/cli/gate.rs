//! `precall gate`.

use super::error::CliError;
use super::execute::{Work, execute};
use super::forecast::forecast;
use super::gate_args::GateArguments;
use super::gate_plan::gate_plan;
use super::run::finish;
use super::signals::stop_on_signal;
use super::view::{view, view_of_stderr};
use crate::record::read_baseline;
use precall_report::terminal::gate_forecast;
use precall_results::Exit;
use precall_support::output::{eprint, print};

pub(super) async fn gate(arguments: GateArguments) -> Result<Exit, CliError> {
    let stop = stop_on_signal();
    let (asked, planned) = tokio::select! {
        planned = gate_plan(&arguments) => planned?,
        () = stop.drain.cancelled() => return Ok(Exit::Interrupted),
    };
    let baseline = arguments.baseline.as_deref().map(|name| read_baseline(&arguments.baselines, name)).transpose()?;
    if let Some(gate) = &planned.record.gate {
        let spec = arguments.compare.over(&planned.compare);
        let slots = arguments.slots.map(usize::from);
        let forecast = forecast(&planned, gate, &spec, slots, arguments.durations.as_deref())?;
        if arguments.dry_run {
            print(gate_forecast(&forecast, view(false)));
            return Ok(Exit::Passed);
        }
        if !arguments.quiet {
            eprint(gate_forecast(&forecast, view_of_stderr(false)));
        }
    }
    let arguments = arguments.run(asked);
    let ran = execute(&arguments, Work::new(planned), baseline.as_ref(), &stop).await?;
    let Some(ran) = ran else { return Ok(Exit::Interrupted) };
    finish(&arguments, ran, baseline.as_ref())
}
