//! The pages: past runs, one run, and trends.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Path as UrlPath, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::history::{GroupBy, RunIndex, TrendFilter};
use crate::job::{JobError, report_text};
use crate::record::run_in;
use crate::show::error_text;
use precall_report::{Format, TrendQuery, live_html, runs_html, trend_html};
use precall_results::Metric;

/// The most runs in the list of runs.
const MAX_LISTED: usize = 500;

/// The metric of a trend when the page's address names none.
const FIRST_METRIC: Metric = Metric::VideoBitrate;

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum PageError {
    /// There is no run of this name.
    NoRun,
    /// What the page is made from cannot be read, or it cannot be made.
    Job(JobError),
    /// The thread that made the page broke.
    Broke,
}

impl<T: Into<JobError>> From<T> for PageError {
    fn from(error: T) -> Self {
        Self::Job(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::NoRun => {
                (StatusCode::NOT_FOUND, "error: there is no such run; the first page lists all\n".to_owned())
            }
            Self::Job(error) => (StatusCode::INTERNAL_SERVER_ERROR, error_text(&error)),
            Self::Broke => {
                let text = "error: the page could not be made; this is a fault of precall\n".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, text)
            }
        };
        (status, text).into_response()
    }
}

/// Makes a page on a thread that may read files.
async fn page(make: impl FnOnce() -> Result<String, PageError> + Send + 'static) -> Result<Html<String>, PageError> {
    tokio::task::spawn_blocking(make).await.map_err(|_| PageError::Broke)?.map(Html)
}

/// Shows past runs.
pub(super) async fn runs(State(runs): State<Arc<PathBuf>>) -> Result<Html<String>, PageError> {
    page(move || {
        let (index, _) = RunIndex::open(&runs)?;
        Ok(runs_html(&index.runs(None, MAX_LISTED)?, &place(&runs))?)
    })
    .await
}

/// Shows the report of a run that is over, and a run that is not as it goes on.
pub(super) async fn run(
    State(runs): State<Arc<PathBuf>>,
    UrlPath(name): UrlPath<String>,
) -> Result<Html<String>, PageError> {
    page(move || {
        let directory = run_in(&runs, &name).ok_or(PageError::NoRun)?;
        match report_text(&directory, Format::Html) {
            Ok(report) => Ok(report),
            Err(JobError::Read(error)) if error.is_missing() => Ok(live_html(&name)?),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// The choices of a trend, from the address of its page.
#[derive(Debug, Deserialize)]
pub(super) struct TrendChoice {
    #[serde(default)]
    metric: Option<String>,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    case: Option<String>,
    #[serde(default)]
    scenario: Option<String>,
}

/// Shows the trend of a metric.
pub(super) async fn trend(
    State(runs): State<Arc<PathBuf>>,
    Query(choice): Query<TrendChoice>,
) -> Result<Html<String>, PageError> {
    page(move || {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let metric = choice
            .metric
            .and_then(|name| Metric::numeric().find(|metric| metric.as_str() == name))
            .unwrap_or(FIRST_METRIC);
        let by = if choice.by.as_deref() == Some("run") { GroupBy::Run } else { GroupBy::Release };
        let filter = TrendFilter { scenario: given(choice.scenario), cell: given(choice.case) };
        let (index, _) = RunIndex::open(&runs)?;
        let trends = index.trends(metric, by, &filter)?;
        let query = TrendQuery {
            metric,
            is_by_run: by == GroupBy::Run,
            case: filter.cell.unwrap_or_default(),
            scenario: filter.scenario.unwrap_or_default(),
        };
        Ok(trend_html(&trends, &query)?)
    })
    .await
}

fn place(runs: &Path) -> String {
    runs.display().to_string()
}
