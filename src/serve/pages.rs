//! The pages: past runs, one run, and trends.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Path as UrlPath, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::control::RunControl;
use crate::history::{IndexError, RunIndex, TrendFilter};
use crate::job::{CompareRequest, ErrorClass, JobError, SidesRequest, compare, read_calibration, report_text};
use crate::record::{recorded_lines, run_in};
use crate::show::error_text;
use precall_judge::history::GroupBy;
use precall_report::{
    Format, TrendQuery, calibration_html, comparison_html, flaky_html, live_html, runs_html, trend_html,
};
use precall_results::Metric;

/// The most runs in the list of runs.
const MAX_LISTED: usize = 500;

/// The metric of a trend when the page's address names none.
const FIRST_METRIC: Metric = Metric::VideoBitrate;

/// What the pages are made from.
pub(super) struct Pages {
    /// The directory with the directories of the runs.
    pub runs: PathBuf,
    /// Starts and stops runs; `None` where the pages cannot.
    pub control: Option<Arc<RunControl>>,
    /// Whether there is a page of the reports that people sent.
    pub collects: bool,
}

/// Why a page is not shown.
#[derive(Debug)]
pub(super) enum PageError {
    /// There is no run of this name.
    NoRun,
    /// The case has no such file.
    NoFile,
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
            Self::NoFile => (StatusCode::NOT_FOUND, "error: the case has recorded no such file\n".to_owned()),
            // Two runs that cannot be compared are no fault of the server.
            Self::Job(error) if error.class() == ErrorClass::Usage => (StatusCode::CONFLICT, error_text(&error)),
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

/// Opens the index of the runs; `None` while there is no directory of runs, which the first one makes.
fn index(runs: &Path) -> Result<Option<RunIndex>, IndexError> {
    match RunIndex::open(runs) {
        Ok((index, _)) => Ok(Some(index)),
        Err(IndexError::Unreadable { error, .. }) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Shows past runs.
pub(super) async fn runs(State(pages): State<Arc<Pages>>) -> Result<Html<String>, PageError> {
    page(move || {
        let runs = index(&pages.runs)?.map_or(Ok(Vec::new()), |index| index.runs(None, MAX_LISTED))?;
        let scenarios = pages.control.as_ref().map(|control| control.scenarios());
        Ok(runs_html(&runs, &place(&pages.runs), scenarios.as_deref(), pages.collects)?)
    })
    .await
}

/// Shows the report of a run that is over, and a run that is not as it goes on.
pub(super) async fn run(
    State(pages): State<Arc<Pages>>,
    UrlPath(name): UrlPath<String>,
) -> Result<Html<String>, PageError> {
    page(move || {
        let directory = run_in(&pages.runs, &name).ok_or(PageError::NoRun)?;
        match report_text(&directory, Format::Html) {
            Ok(report) => Ok(report),
            Err(JobError::Read(error)) if error.is_missing() => {
                Ok(live_html(&name, pages.control.as_ref().is_some_and(|control| control.has(&name)))?)
            }
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// The lines of a file, from the address of their page: `13`, or `13-15`.
#[derive(Debug, Deserialize)]
pub(super) struct LineChoice {
    #[serde(default)]
    lines: Option<String>,
}

impl LineChoice {
    /// Returns the numbers of the first and the last line; `None` for all.
    fn numbers(&self) -> Option<(usize, usize)> {
        let text = self.lines.as_deref()?;
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        Some((first.parse().ok()?, last.parse().ok()?))
    }
}

/// Shows recorded lines of a case, as text.
pub(super) async fn lines(
    State(pages): State<Arc<Pages>>,
    UrlPath((run, case, file)): UrlPath<(String, String, String)>,
    Query(choice): Query<LineChoice>,
) -> Result<String, PageError> {
    let read = tokio::task::spawn_blocking(move || {
        let directory = run_in(&pages.runs, &run).ok_or(PageError::NoRun)?;
        recorded_lines(&directory, &case, &file, choice.numbers())?.ok_or(PageError::NoFile)
    });
    read.await.map_err(|_| PageError::Broke)?
}

/// Shows the plots of a run that is a sweep over rates or losses.
pub(super) async fn calibration(
    State(pages): State<Arc<Pages>>,
    UrlPath(name): UrlPath<String>,
) -> Result<Html<String>, PageError> {
    page(move || {
        let directory = run_in(&pages.runs, &name).ok_or(PageError::NoRun)?;
        Ok(calibration_html(&read_calibration(&directory)?)?)
    })
    .await
}

/// Shows the cases whose repeats did not agree.
pub(super) async fn flaky(State(pages): State<Arc<Pages>>) -> Result<Html<String>, PageError> {
    page(move || {
        let cases = index(&pages.runs)?.map_or(Ok(Vec::new()), |index| index.flaky(None))?;
        Ok(flaky_html(&cases)?)
    })
    .await
}

/// The two runs of a comparison, from the address of its page.
#[derive(Debug, Deserialize)]
pub(super) struct TwoRuns {
    a: String,
    b: String,
}

/// Shows two runs side by side, the old one first.
pub(super) async fn compared(
    State(pages): State<Arc<Pages>>,
    Query(TwoRuns { a, b }): Query<TwoRuns>,
) -> Result<Html<String>, PageError> {
    page(move || {
        let run = |name: &str| run_in(&pages.runs, name).ok_or(PageError::NoRun);
        let sides = SidesRequest::Runs(run(&a)?, run(&b)?);
        Ok(comparison_html(&compare(&sides, &CompareRequest::default())?)?)
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
    #[serde(default)]
    branch: Option<String>,
}

/// Shows the trend of a metric.
pub(super) async fn trend(
    State(pages): State<Arc<Pages>>,
    Query(choice): Query<TrendChoice>,
) -> Result<Html<String>, PageError> {
    page(move || {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let metric = choice
            .metric
            .and_then(|name| Metric::numeric().find(|metric| metric.as_str() == name))
            .unwrap_or(FIRST_METRIC);
        let by = choice.by.as_deref().and_then(GroupBy::of_word).unwrap_or_default();
        let filter =
            TrendFilter { scenario: given(choice.scenario), branch: given(choice.branch), cell: given(choice.case) };
        let trends = index(&pages.runs)?.map_or(Ok(Vec::new()), |index| index.trends(metric, by, &filter))?;
        let query = TrendQuery {
            metric,
            by,
            case: filter.cell.unwrap_or_default(),
            scenario: filter.scenario.unwrap_or_default(),
            branch: filter.branch.unwrap_or_default(),
        };
        Ok(trend_html(&trends, &query)?)
    })
    .await
}

fn place(runs: &Path) -> String {
    runs.display().to_string()
}
