//! `precall serve` as a process, with the runs of a workspace.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Workspace;
use super::reader::Reader;

/// A server of a workspace's runs.
pub struct Pages {
    child: Child,
    pub url: String,
}

impl Pages {
    pub fn serve(workspace: &Workspace, listen: &str) -> Self {
        Self::serve_with(workspace, &["serve", "--listen", listen])
    }

    pub fn serve_with(workspace: &Workspace, arguments: &[&str]) -> Self {
        Self::started(&mut workspace.precall(arguments))
    }

    /// Serves on a free port with these variables in the environment, and further arguments.
    pub fn serve_in(workspace: &Workspace, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut command = workspace.precall(&["serve", "--listen", "127.0.0.1:0"]);
        Self::started(command.args(arguments).envs(variables.iter().copied()))
    }

    fn started(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("precall runs");
        let mut line = String::new();
        let output = child.stdout.as_mut().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let url = line.trim_end().rsplit(' ').next().expect("an address").to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, url }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // It is ours, and may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until an expression is true in a page.
pub async fn until(page: &mut Reader, expression: &str, what: &str) {
    let began = Instant::now();
    while page.ask(expression).await != Value::Bool(true) {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{what} does not come: {}",
            page.ask("page.body.innerText").await
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
