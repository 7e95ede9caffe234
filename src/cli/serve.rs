//! `precall serve`.

use crate::arguments::ServeArguments;
use crate::job::JobError;
use crate::process::interruption;
use crate::serve::RunServer;
use precall_results::Exit;
use precall_support::output::println;

pub(super) async fn serve(arguments: &ServeArguments) -> Result<Exit, JobError> {
    // From before the first line on: a program that starts the server may end it as soon as it has read that line.
    let interrupted = interruption();
    let server = RunServer::start(&arguments.request()).await?;
    println(format_args!("pages of the runs in {}: {}", arguments.runs.display(), server.url()));
    println(format_args!("test your own line: {}", server.line_test_url()));
    tokio::select! {
        () = server.ended() => Ok(Exit::Infrastructure),
        () = interrupted => Ok(Exit::Passed),
    }
}
