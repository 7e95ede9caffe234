//! Past runs and trends as comma-separated values (RFC 4180), for spreadsheets.

use serde::Serialize;

use crate::error::ReportError;
use precall_judge::history::{FlakyCase, PastRun, Trend};
use precall_results::Metric;

/// A row of a trend. Numbers are in the metric's own unit: bit/s, seconds, a share of 1.
#[derive(Serialize)]
struct TrendRow<'a> {
    cell: &'a str,
    metric: Metric,
    group: &'a str,
    first_run: &'a str,
    count: usize,
    median: f64,
    low: f64,
    high: f64,
    changed_from: Option<f64>,
    is_better: Option<bool>,
}

/// Returns past runs, one line each.
///
/// # Errors
///
/// When a value cannot be written, which is a fault of precall.
pub fn past_runs_csv(runs: &[PastRun]) -> Result<String, ReportError> {
    written(runs)
}

/// Returns flaky cases, one line each.
///
/// # Errors
///
/// When a value cannot be written, which is a fault of precall.
pub fn flaky_cases_csv(cases: &[FlakyCase]) -> Result<String, ReportError> {
    written(cases)
}

/// Returns the points of trends, one line each.
///
/// # Errors
///
/// When a value cannot be written, which is a fault of precall.
pub fn trends_csv(trends: &[Trend]) -> Result<String, ReportError> {
    let rows = trends.iter().flat_map(|trend| {
        trend.points.iter().map(|point| TrendRow {
            cell: &trend.cell,
            metric: trend.metric,
            group: &point.group,
            first_run: &point.first_run,
            count: point.count,
            median: point.median,
            low: point.low,
            high: point.high,
            changed_from: point.change.map(|change| change.before),
            is_better: point.change.and_then(|change| change.is_better),
        })
    });
    written(rows)
}

fn written(rows: impl IntoIterator<Item = impl Serialize>) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row).map_err(ReportError::new)?;
    }
    let bytes = writer.into_inner().map_err(|error| ReportError::new(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
