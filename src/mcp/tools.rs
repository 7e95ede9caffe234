//! The tools.

use std::path::PathBuf;

use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolResult, ContentBlock, Implementation, ServerCapabilities, ServerConfig};
use rmcp::{ServerHandler, ServiceExt, schemars, tool, tool_handler, tool_router};
use serde::Deserialize;

use super::command::{Answer, ToolCommand};

/// What a client is told about all tools.
const INSTRUCTIONS: &str = "precall runs OpenTok.js, pre-call network tests and calls in real browsers on emulated \
    networks. Begin with `list_runs`, or with `check_scenario` for a scenario file; `explain_case` says why a case got \
    its verdict. Paths are relative to the directory in which precall was started.";

/// Why the tools cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum McpError {
    /// precall does not know its own program.
    #[error("precall cannot find its own program: {0}")]
    NoProgram(std::io::Error),
    /// The protocol could not begin, or ended with an error.
    #[error("the Model Context Protocol failed: {0}")]
    Protocol(String),
}

/// Serves the tools until the other side closes standard input. `may_run` offers the tool that runs scenarios, too.
///
/// # Errors
///
/// When precall does not know its own program, or the other side does not speak the protocol.
pub async fn serve(may_run: bool) -> Result<(), McpError> {
    let program = std::env::current_exe().map_err(McpError::NoProgram)?;
    let mut tools = Tools { program, tool_router: Tools::tool_router() };
    if !may_run {
        tools.tool_router.remove_route(RUN);
    }
    let broken = |error: String| McpError::Protocol(error);
    let service = tools.serve(rmcp::transport::stdio()).await.map_err(|error| broken(error.to_string()))?;
    service.waiting().await.map_err(|error| broken(error.to_string()))?;
    Ok(())
}

/// The formats of reports that the tools return.
const FORMATS: [&str; 5] = ["markdown", "summary", "csv", "csv-seconds", "json"];

/// The name of the tool that starts browsers and servers.
const RUN: &str = "run_scenario";

struct Tools {
    program: PathBuf,
    tool_router: ToolRouter<Self>,
}

/// A scenario file.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct ScenarioToolArguments {
    /// The path of the scenario file.
    scenario: String,
}

/// A run, and what of it.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct ExplainToolArguments {
    /// The directory of the run, such as `runs/20260101T120000-demo`.
    run: String,
    /// A part of the case's name; without it, the cases that did not pass.
    case: Option<String>,
}

/// A run, and a format.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct ReportToolArguments {
    /// The directory of the run.
    run: String,
    /// `markdown` (the default), `summary`, `csv`, `csv-seconds` or `json`.
    format: Option<String>,
}

/// Two runs, or a run and an axis.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct CompareToolArguments {
    /// The directory of the run, or of the old one of two.
    run: String,
    /// The directory of the new run; leave it out for two releases in one run.
    with: Option<String>,
    /// The axis and the two values of it that are compared in one run, the old one first: `sdk=2.34.2,2.35.2`.
    axis: Option<String>,
}

/// A metric.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct TrendToolArguments {
    /// The metric, such as `video.bitrate`.
    metric: String,
}

/// A scenario, and which of its cases.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct RunToolArguments {
    /// The path of the scenario file.
    scenario: String,
    /// Only the cases that match, such as `case=clean` or `network=3g`.
    filter: Option<String>,
    /// The release of OpenTok.js, such as `2.35.2` or `latest`.
    sdk: Option<String>,
}

#[tool_router]
impl Tools {
    /// List the emulated networks that scenarios can name, with their figures.
    #[tool(annotations(read_only_hint = true))]
    async fn list_networks(&self) -> CallToolResult {
        result(self.reading(&["networks"]).answer().await)
    }

    /// Check a scenario file for mistakes, and for what it cannot show; runs nothing.
    #[tool(annotations(read_only_hint = true))]
    async fn check_scenario(&self, Parameters(asked): Parameters<ScenarioToolArguments>) -> CallToolResult {
        result(self.reading(&["check"]).values([asked.scenario.as_str()]).answer().await)
    }

    /// List the cases of a scenario file, and how long they take; runs nothing.
    #[tool(annotations(read_only_hint = true))]
    async fn list_cases(&self, Parameters(asked): Parameters<ScenarioToolArguments>) -> CallToolResult {
        result(self.reading(&["list"]).values([asked.scenario.as_str()]).answer().await)
    }

    /// List past runs with their verdicts, the latest first.
    #[tool(annotations(read_only_hint = true))]
    async fn list_runs(&self) -> CallToolResult {
        result(self.reading(&["history", "list"]).answer().await)
    }

    /// Show how a metric developed over releases of OpenTok.js in all past runs.
    #[tool(annotations(read_only_hint = true))]
    async fn show_trend(&self, Parameters(asked): Parameters<TrendToolArguments>) -> CallToolResult {
        result(self.reading(&["history", "trend"]).values([asked.metric.as_str()]).answer().await)
    }

    /// Explain the advice and the verdict of a case: samples, thresholds, rules, and what the network did.
    #[tool(annotations(read_only_hint = true))]
    async fn explain_case(&self, Parameters(asked): Parameters<ExplainToolArguments>) -> CallToolResult {
        let values = [Some(asked.run.as_str()), asked.case.as_deref()];
        result(self.reading(&["explain"]).values(values.into_iter().flatten()).answer().await)
    }

    /// Compare two runs, or two releases inside one run: what got worse, what got better.
    #[tool(annotations(read_only_hint = true))]
    async fn compare_runs(&self, Parameters(asked): Parameters<CompareToolArguments>) -> CallToolResult {
        let values = [Some(asked.run.as_str()), asked.with.as_deref()];
        let command = self.reading(&["compare"]).option("--axis", asked.axis.as_deref());
        result(command.values(values.into_iter().flatten()).answer().await)
    }

    /// Report a run that is over, with the figures of its cases.
    #[tool(annotations(read_only_hint = true))]
    async fn report_run(&self, Parameters(asked): Parameters<ReportToolArguments>) -> CallToolResult {
        let format = asked.format.as_deref().unwrap_or("markdown");
        if !FORMATS.contains(&format) {
            return result(Err(format!("there is no format {format:?} here; there are {}", FORMATS.join(", "))));
        }
        let command = self.reading(&["report", "--output=-"]).option("--format", Some(format));
        result(command.values([asked.run.as_str()]).answer().await)
    }

    /// Run the cases of a scenario in real browsers and check its expectations. It takes minutes, and starts the server
    /// of an application if the scenario names one.
    #[tool]
    async fn run_scenario(&self, Parameters(asked): Parameters<RunToolArguments>) -> CallToolResult {
        let command = self.reading(&["run", "--quiet"]).of_run();
        let command = command.option("--filter", asked.filter.as_deref()).option("--sdk", asked.sdk.as_deref());
        result(command.values([asked.scenario.as_str()]).answer().await)
    }
}

impl Tools {
    fn reading(&self, words: &[&str]) -> ToolCommand {
        ToolCommand::reading(self.program.clone(), words)
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("precall", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }
}

fn result(answer: Answer) -> CallToolResult {
    match answer {
        Ok(text) => CallToolResult::success(vec![ContentBlock::text(text)]),
        Err(text) => CallToolResult::error(vec![ContentBlock::text(text)]),
    }
}
