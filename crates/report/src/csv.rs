//! Past runs and trends as comma-separated values (RFC 4180), for spreadsheets.

use serde::Serialize;

use crate::error::ReportError;
use precall_judge::history::{FlakyCase, PastRun, Trend};
use precall_results::Metric;

/// Characters at the beginning of a text that a spreadsheet takes for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

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
    rows_csv(runs)
}

/// Returns flaky cases, one line each.
///
/// # Errors
///
/// When a value cannot be written, which is a fault of precall.
pub fn flaky_cases_csv(cases: &[FlakyCase]) -> Result<String, ReportError> {
    rows_csv(cases)
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
    rows_csv(rows)
}

/// Returns rows as text. What a spreadsheet would take for a formula is made safe.
fn rows_csv(rows: impl IntoIterator<Item = impl Serialize>) -> Result<String, ReportError> {
    let mut plain = new_writer();
    for row in rows {
        plain.serialize(row).map_err(ReportError::new)?;
    }
    let plain = written(plain)?;
    let mut writer = new_writer();
    for record in csv::ReaderBuilder::new().has_headers(false).from_reader(plain.as_bytes()).records() {
        writer.write_record(record.map_err(ReportError::new)?.iter().map(safe)).map_err(ReportError::new)?;
    }
    written(writer)
}

/// Returns a writer into memory.
pub(super) fn new_writer() -> csv::Writer<Vec<u8>> {
    csv::Writer::from_writer(Vec::new())
}

/// Returns a value that no spreadsheet executes: a page or a scenario may have chosen it. Numbers stay as they are.
pub(super) fn safe(value: &str) -> String {
    let is_number = value.parse::<f64>().is_ok();
    if value.starts_with(FORMULA) && !is_number { format!("'{value}") } else { value.to_owned() }
}

/// Returns what a writer has written.
///
/// # Errors
///
/// When it cannot be written, which is a fault of precall.
pub(super) fn written(writer: csv::Writer<Vec<u8>>) -> Result<String, ReportError> {
    let bytes = writer.into_inner().map_err(|error| ReportError::new(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_a_formula() {
        #[derive(Serialize)]
        struct Row {
            name: &'static str,
            value: f64,
        }
        let rows = [Row { name: "=HYPERLINK(\"x\")", value: -1.5 }, Row { name: "@a, b", value: 2.0 }];
        assert_eq!(rows_csv(rows).expect("written"), "name,value\n\"'=HYPERLINK(\"\"x\"\")\",-1.5\n\"'@a, b\",2.0\n");
    }
}
