//! The page of a run that goes on. Its script follows the run's news.

use serde::Serialize;

use super::templates::{Script, render, url_part};
use crate::ReportError;

/// The chart library, and then the page's own script.
const SCRIPT: &str =
    concat!(include_str!("../../vendor/uplot/uPlot.iife.min.js"), "\n", include_str!("resources/live.js"));
/// The style of the chart library.
const CHART_STYLE: &str = include_str!("../../vendor/uplot/uPlot.min.css");

#[derive(Debug, Serialize)]
struct LiveView<'a> {
    name: &'a str,
    /// The name as a part of a URL.
    link: String,
    script: Script,
    chart_style: &'static str,
    /// Whether the page has buttons that stop the run.
    can_stop: bool,
}

/// Returns the page that follows the run in the directory of this name. The page reads its news from `live`, relative
/// to its own address. With `can_stop` it has buttons that stop the run.
///
/// # Errors
///
/// If the template is broken.
pub fn live_html(name: &str, can_stop: bool) -> Result<String, ReportError> {
    render(
        "live.html",
        &LiveView { name, link: url_part(name), script: Script::of(SCRIPT), chart_style: CHART_STYLE, can_stop },
    )
}
