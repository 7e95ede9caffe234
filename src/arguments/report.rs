//! The arguments that are about reports.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap_complete::ArgValueCompleter;

use super::delivery::DeliveryArguments;
use crate::completion;
use crate::job::ReportRequest;
use precall_report::Format;

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The run's directory, or its `results.json` alone.
    #[arg(add = ArgValueCompleter::new(completion::run_directories))]
    pub run: PathBuf,
    /// The format of the report. The default is HTML, and with `--push`, `--otlp` or `--webhook` no further report.
    #[arg(long, value_name = "FORMAT", value_parser = format())]
    pub format: Option<Format>,
    /// Write the report to this file; `-` is standard output. By default HTML goes into the run's directory, and other
    /// formats are printed.
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Instead of a report, write the W3C statistics of this case as a dump of `chrome://webrtc-internals`, for the
    /// viewers of such dumps. The case is named as for `precall explain`. By default the dump goes into the case's
    /// directory, as `webrtc-internals.json`.
    #[arg(long, value_name = "CASE", conflicts_with_all = ["format", "push", "otlp", "webhook"])]
    pub dump: Option<String>,
    #[command(flatten)]
    pub deliveries: DeliveryArguments,
}

/// The page of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ComparisonReport {
    /// The file of the page. Absent for the run's directory.
    pub file: Option<PathBuf>,
}

fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::as_str)).try_map(|name| format_of(&name))
}

fn format_of(name: &str) -> Result<Format, String> {
    let known = Format::ALL.map(Format::as_str).join(", ");
    let found = Format::ALL.into_iter().find(|format| format.as_str() == name);
    found.ok_or_else(|| format!("there is no report {name:?}; there are {known}"))
}

pub(super) fn report_request(text: &str) -> Result<ReportRequest, String> {
    let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
    match file {
        Some("") => Err(format!("write a file behind the `=`, or leave it out: `{name}`")),
        file => Ok(ReportRequest { format: format_of(name)?, file: file.map(PathBuf::from) }),
    }
}

pub(super) fn comparison_report(text: &str) -> Result<ComparisonReport, String> {
    match report_request(text)? {
        ReportRequest { format: Format::Html, file } => Ok(ComparisonReport { file }),
        ReportRequest { format, .. } => Err(format!(
            "a comparison has no report {:?}; write `html`, or `--json FILE` for programs",
            format.as_str()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_takes_an_optional_file() {
        assert_eq!(report_request("junit"), Ok(ReportRequest { format: Format::Junit, file: None }));
        let spec = ReportRequest { format: Format::Json, file: Some(PathBuf::from("a=b.json")) };
        assert_eq!(report_request("json=a=b.json"), Ok(spec));
        assert!(report_request("junit=").is_err_and(|error| error.contains("leave it out")));
        let page = ComparisonReport { file: Some(PathBuf::from("a.html")) };
        assert_eq!(comparison_report("html=a.html"), Ok(page));
        assert!(comparison_report("junit").is_err_and(|error| error.contains("--json")));
        assert!(report_request("pdf").is_err_and(|error| error.contains("html, junit, markdown")));
    }
}
