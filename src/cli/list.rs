//! `precall list`.

use crate::arguments::ListArguments;
use crate::job::{JobError, plan};
use crate::show::{plan_json, plan_text, print_notes, view};
use precall_results::Exit;
use precall_support::output;

pub(super) async fn list(arguments: &ListArguments) -> Result<Exit, JobError> {
    let plan = plan(&arguments.plan.request()).await?;
    print_notes(&plan);
    match arguments.json {
        true => output::print_json(plan_json(&plan)?),
        false => output::print(plan_text(&plan, None, view(false))),
    }
    Ok(Exit::Passed)
}
