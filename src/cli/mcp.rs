//! `precall mcp`.

use crate::job::JobError;
use crate::mcp::serve;
use precall_results::Exit;
use precall_support::output::eprintln;

pub(super) async fn mcp(may_run: bool) -> Result<Exit, JobError> {
    match serve(may_run).await {
        Ok(()) => Ok(Exit::Passed),
        Err(error) => {
            eprintln(format_args!("error: {error}"));
            Ok(Exit::Infrastructure)
        }
    }
}
