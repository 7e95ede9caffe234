//! The tools of `precall mcp`, as a client calls them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::common::{Workspace, recorded};

/// A server, and what is between it and the test.
struct McpServer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: u64,
}

impl McpServer {
    fn start(workspace: &Workspace, arguments: &[&str]) -> Self {
        let mut precall = workspace.precall(&[&["mcp"], arguments].concat());
        let precall = precall.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = precall.spawn().expect("precall starts");
        let input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut server = Self { child, input, output, last_id: 0 };
        let client = json!({ "name": "test", "version": "1" });
        let begun = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client });
        let about = server.request("initialize", begun);
        assert_eq!(about["serverInfo"]["name"], "precall", "{about:#}");
        server.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        server
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.input, "{message}").expect("sent");
    }

    fn request(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params }));
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).expect("a line") > 0, "precall has ended");
            let answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if answer["id"] == self.last_id {
                return answer["result"].clone();
            }
        }
    }

    /// Calls a tool, and returns whether it failed, and its text.
    fn call(&mut self, tool: &str, arguments: Value) -> (bool, String) {
        let result = self.request("tools/call", json!({ "name": tool, "arguments": arguments }));
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {result:#}")).to_owned();
        (result["isError"] == true, text)
    }

    fn tools(&mut self) -> Vec<String> {
        let list = self.request("tools/list", json!({}));
        let tools = list["tools"].as_array().expect("tools");
        tools.iter().map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
    }

    fn end(mut self) {
        drop(self.input);
        assert!(self.child.wait().expect("it ends").success());
    }
}

#[test]
fn tools_read_runs_and_scenarios() {
    let workspace = Workspace::new();
    let mut server = McpServer::start(&workspace, &[]);
    let tools = server.tools();
    assert!(tools.contains(&"explain_case".to_owned()) && !tools.contains(&"run_scenario".to_owned()), "{tools:?}");
    let run = recorded::run();
    let run = run.to_str().expect("UTF-8");
    let (failed, text) = server.call("explain_case", json!({ "run": run }));
    assert!(!failed && text.contains("video.recommendedResolution"), "{text}");
    let (failed, text) = server.call("report_run", json!({ "run": run, "format": "summary" }));
    assert!(!failed && text.contains("\"outcome\": \"failed\""), "{text}");
    let (failed, text) = server.call("list_networks", json!({}));
    assert!(!failed && text.contains("wifi-hotel"), "{text}");

    let scenario = workspace.scenario("[[case]]\nname = \"a\"\nnetwork.profile = \"3g\"\n");
    let (failed, text) = server.call("list_cases", json!({ "scenario": scenario }));
    assert!(!failed && text.lines().any(|line| line.trim() == "a"), "{text}");
    // What is wrong is said as precall says it, and no value is an option.
    let (failed, text) = server.call("check_scenario", json!({ "scenario": "no-such.toml" }));
    assert!(failed && text.contains("no-such.toml"), "{text}");
    let (failed, text) = server.call("explain_case", json!({ "run": "--help" }));
    assert!(failed && !text.contains("Usage: precall explain [OPTIONS]"), "{text}");
    server.end();
}

#[test]
fn scenarios_run_where_that_is_allowed() {
    let workspace = Workspace::new();
    let mut server = McpServer::start(&workspace, &["--allow-run"]);
    assert!(server.tools().contains(&"run_scenario".to_owned()));
    let (failed, text) = server.call("run_scenario", json!({ "scenario": "no-such.toml" }));
    assert!(failed && text.contains("exit code 3"), "{text}");
    server.end();
}

mod nightly {
    use super::*;
    use crate::common::{pypi, said};

    #[test]
    fn a_scenario_is_run_and_then_listed_and_explained() {
        let workspace = Workspace::new();
        let mut server = McpServer::start(&workspace, &["--allow-run"]);
        let text =
            "name = \"short\"\ntest.quality = false\n[[case]]\nname = \"a\"\nexpect.connectivity.success = false\n";
        let scenario = workspace.scenario(text);
        let (failed, text) = server.call("run_scenario", json!({ "scenario": scenario, "filter": "case=a" }));
        // A case that fails is an answer.
        assert!(!failed && text.contains("connectivity.success") && text.ends_with("exit code 1"), "{text}");
        let (failed, text) = server.call("list_runs", json!({}));
        assert!(!failed && text.contains("short"), "{text}");
        let run = workspace.run_directory().expect("a run");
        let (failed, text) = server.call("explain_case", json!({ "run": run, "case": "a" }));
        assert!(!failed && text.contains("connectivity"), "{text}");
        server.end();
    }

    /// The protocol's own client, which knows nothing of precall.
    const CLIENT: &str = "
import asyncio, sys
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    server = StdioServerParameters(command=sys.argv[1], args=['mcp'])
    async with stdio_client(server) as (reader, writer), ClientSession(reader, writer) as session:
        await session.initialize()
        print(sorted(tool.name for tool in (await session.list_tools()).tools))
        print((await session.call_tool('report_run', {'run': sys.argv[2]})).content[0].text)

asyncio.run(main())
";

    #[test]
    fn the_client_of_the_protocol_understands_the_tools() {
        let Some(mut python) = pypi::script("mcp==1.26.0", CLIENT) else { return };
        let output = python.arg(env!("CARGO_BIN_EXE_precall")).arg(recorded::run()).output().expect("Python");
        let text = said(&output);
        assert!(output.status.success(), "{text}");
        assert!(text.contains("'explain_case'") && text.contains("upgrade: failed"), "{text}");
    }
}
