//! Renders every report format of a recorded run.

use super::csv_report::{cases_csv, seconds_csv};
use super::ctrf::ctrf;
use super::error::ReportError;
use super::github::github;
use super::html::html;
use super::json::json;
use super::junit::junit;
use super::markdown::markdown;
use super::openmetrics::{backfill, openmetrics};
use super::otlp::{otlp_metrics, otlp_traces};
use super::repository::Repository;
use super::summary::summary;
use super::tap::tap;
use precall_judge::comparison::Comparison;
use precall_results::Recording;

/// A report format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One HTML file, for people.
    Html,
    /// JUnit XML, for CI servers.
    Junit,
    /// Markdown, for people.
    Markdown,
    /// Annotations of GitHub Actions.
    Github,
    /// OpenMetrics text, for dashboards.
    OpenMetrics,
    /// OpenMetrics text with times, for the history of a dashboard.
    Backfill,
    /// The result as JSON, for programs.
    Json,
    /// A line of comma-separated values for each case.
    Csv,
    /// A line of comma-separated values for each quantity in each second.
    CsvSeconds,
    /// CTRF (Common Test Report Format), as JSON.
    Ctrf,
    /// TAP version 14 (Test Anything Protocol).
    Tap,
    /// The figures as JSON of the OpenTelemetry Protocol.
    OtlpMetrics,
    /// The run and its cases as spans, as JSON of the OpenTelemetry Protocol.
    OtlpTraces,
    /// The outcome, the counts and the cases that did not pass, as JSON.
    Summary,
}

impl Format {
    /// All formats of reports.
    pub const ALL: [Self; 14] = [
        Self::Html,
        Self::Junit,
        Self::Markdown,
        Self::Github,
        Self::OpenMetrics,
        Self::Backfill,
        Self::Json,
        Self::Csv,
        Self::CsvSeconds,
        Self::Ctrf,
        Self::Tap,
        Self::OtlpMetrics,
        Self::OtlpTraces,
        Self::Summary,
    ];

    /// Returns the format's name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::OpenMetrics => "openmetrics",
            Self::Backfill => "openmetrics-backfill",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::CsvSeconds => "csv-seconds",
            Self::Ctrf => "ctrf",
            Self::Tap => "tap",
            Self::OtlpMetrics => "otlp-metrics",
            Self::OtlpTraces => "otlp-traces",
            Self::Summary => "summary",
        }
    }

    /// Returns the default file below the run's directory. `None` if the report is printed by default.
    pub fn file_name(self) -> Option<&'static str> {
        match self {
            Self::Html => Some("report.html"),
            Self::Junit => Some("junit.xml"),
            Self::Markdown => Some("report.md"),
            Self::Github => None,
            Self::OpenMetrics => Some("metrics.txt"),
            Self::Backfill => Some("backfill.txt"),
            Self::Json => Some("report.json"),
            Self::Csv => Some("cases.csv"),
            Self::CsvSeconds => Some("seconds.csv"),
            Self::Ctrf => Some("ctrf-report.json"),
            Self::Tap => Some("report.tap"),
            Self::OtlpMetrics => Some("otlp-metrics.json"),
            Self::OtlpTraces => Some("otlp-traces.json"),
            Self::Summary => Some("summary.json"),
        }
    }
}

/// Renders the report of a run. `comparison` is part of it if the format supports that.
///
/// # Errors
///
/// If the report's own template is broken.
pub fn render(format: Format, run: &Recording, comparison: Option<&Comparison>) -> Result<String, ReportError> {
    match format {
        Format::Html => html(run, comparison),
        Format::Junit => junit(run),
        Format::Markdown => Ok(markdown(run)),
        Format::Github => Ok(github(run, &Repository::of_environment())),
        Format::OpenMetrics => Ok(openmetrics(run)),
        Format::Backfill => Ok(backfill(run)),
        Format::Json => json(run),
        Format::Csv => cases_csv(run),
        Format::CsvSeconds => seconds_csv(run),
        Format::Ctrf => ctrf(run),
        Format::Tap => Ok(tap(run)),
        Format::OtlpMetrics => otlp_metrics(run),
        Format::OtlpTraces => otlp_traces(run),
        Format::Summary => summary(run),
    }
}
