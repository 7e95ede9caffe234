//! The page of a metric over releases, runs, dates or branches.

use std::fmt::Write as _;

use serde::Serialize;

use super::templates::{render, url_part};
use crate::ReportError;
use crate::compared::{range, value};
use precall_judge::history::{GroupBy, Trend, TrendPoint};
use precall_results::Metric;

/// The size of a chart, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 200.0;
/// The space around the plot, for dots at its edges.
const MARGIN: f64 = 12.0;

/// What a trend page was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendQuery {
    /// The metric.
    pub metric: Metric,
    /// What the series go over.
    pub by: GroupBy,
    /// The text that the ids of the cases contain; empty for all.
    pub case: String,
    /// The name of the scenario; empty for all.
    pub scenario: String,
    /// The branch of the runs; empty for all.
    pub branch: String,
}

#[derive(Debug, Serialize)]
struct TrendPageView<'a> {
    metric: &'static str,
    label: &'static str,
    description: &'static str,
    metrics: Vec<&'static str>,
    /// The word for a group, and for several.
    group: &'static str,
    groups: &'static str,
    /// The choices of groups: each word, and its plural.
    choices: Vec<(&'static str, &'static str)>,
    case: &'a str,
    scenario: &'a str,
    branch: &'a str,
    trends: Vec<TrendView<'a>>,
}

#[derive(Debug, Serialize)]
struct TrendView<'a> {
    cell: &'a str,
    svg: String,
    rows: Vec<TrendRowView<'a>>,
}

#[derive(Debug, Serialize)]
struct TrendRowView<'a> {
    group: &'a str,
    first_run: &'a str,
    /// The name of the run as a part of a URL.
    link: String,
    count: usize,
    median: String,
    band: String,
    class: &'static str,
    change: String,
}

/// Returns the page of a trend, with a form to choose another.
///
/// # Errors
///
/// If the template is broken.
pub fn trend_html(trends: &[Trend], query: &TrendQuery) -> Result<String, ReportError> {
    let row = query.metric.row();
    let view = TrendPageView {
        metric: row.name,
        label: row.label,
        description: row.description,
        metrics: Metric::numeric().map(Metric::as_str).collect(),
        group: query.by.as_str(),
        groups: query.by.plural(),
        choices: GroupBy::ALL.into_iter().map(|by| (by.as_str(), by.plural())).collect(),
        case: &query.case,
        scenario: &query.scenario,
        branch: &query.branch,
        trends: trends.iter().map(|trend| trend_view(query.metric, trend)).collect(),
    };
    render("trend.html", &view)
}

fn trend_view(metric: Metric, trend: &Trend) -> TrendView<'_> {
    let rows = trend.points.iter().map(|point| {
        let (class, word) = direction(point);
        let change = point.change.map(|change| format!("{word}: {} before", value(metric, change.before)));
        TrendRowView {
            group: &point.group,
            first_run: &point.first_run,
            link: url_part(&point.first_run),
            count: point.count,
            median: value(metric, point.median),
            band: range(metric, point.low, point.high),
            class,
            change: change.unwrap_or_default(),
        }
    });
    TrendView { cell: &trend.cell, svg: chart(&trend.points), rows: rows.collect() }
}

/// Returns the CSS class and the word of the change that happened with a group.
fn direction(point: &TrendPoint) -> (&'static str, &'static str) {
    match point.change.map(|change| change.is_better) {
        Some(Some(true)) => ("good", "better"),
        Some(Some(false)) => ("bad", "worse"),
        Some(None) => ("warn", "changed"),
        None => ("same", ""),
    }
}

/// Returns a chart of medians on their noise band; the table beside it has the same numbers as text.
fn chart(points: &[TrendPoint]) -> String {
    let values = || points.iter().flat_map(|point| [point.low, point.high, point.median]);
    let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let span = if most > least { most - least } else { 1.0 };
    let x = |place: usize| MARGIN + (WIDTH - 2.0 * MARGIN) * place as f64 / (points.len().max(2) - 1) as f64;
    let y = |value: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * (value - least) / span;
    let corner = |place: usize, value: f64| format!("{:.1},{:.1}", x(place), y(value));
    let upper = points.iter().enumerate().map(|(place, point)| corner(place, point.high));
    let lower = points.iter().enumerate().rev().map(|(place, point)| corner(place, point.low));
    let band = upper.chain(lower).collect::<Vec<_>>().join(" ");
    let line: Vec<_> = points.iter().enumerate().map(|(place, point)| corner(place, point.median)).collect();
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" class=\"trend\" aria-hidden=\"true\"><polygon points=\"{band}\"/><polyline points=\"{}\"/>",
        line.join(" ")
    );
    for (place, point) in points.iter().enumerate() {
        let (class, _) = direction(point);
        // Writing to a text cannot fail.
        let _ = write!(svg, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" class=\"{class}\"/>", x(place), y(point.median));
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_judge::history::TrendChange;

    fn point(group: &str, median: f64) -> TrendPoint {
        TrendPoint {
            group: group.to_owned(),
            first_run: "20260102T030405-<i>".to_owned(),
            count: 6,
            median,
            low: median * 0.9,
            high: median * 1.1,
            change: None,
        }
    }

    fn query() -> TrendQuery {
        let [case, scenario, branch] = [const { String::new() }; 3];
        TrendQuery { metric: Metric::VideoBitrate, by: GroupBy::Release, case, scenario, branch }
    }

    #[test]
    fn a_trend_is_a_chart_and_a_table() {
        let change = TrendChange { before: 560e3, after: 455e3, is_better: Some(false) };
        let points = vec![point("2.34.2", 560e3), TrendPoint { change: Some(change), ..point("2.35.2", 455e3) }];
        let trends = [Trend { cell: "gate: network=3g".to_owned(), metric: Metric::VideoBitrate, points }];
        let page = trend_html(&trends, &query()).expect("a page");
        for part in ["<polyline", "class=\"bad\"", "worse: 560 kbit/s before", "gate: network=3g", "455 kbit/s"] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(!page.contains("<i>"), "texts of files are escaped");
    }

    #[test]
    fn single_and_equal_points_are_drawn() {
        for points in [vec![point("a", 0.0)], vec![point("a", 0.0), point("b", 0.0)]] {
            let svg = chart(&points);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
        assert!(trend_html(&[], &query()).expect("a page").contains("No past run has a value"));
    }
}
