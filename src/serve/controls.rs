//! The forms of the pages: start a run, run what failed again, stop a run.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path as UrlPath, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::control::{RunControl, RunStartError, Start};
use super::pages::Pages;
use crate::job::ErrorClass;
use crate::show::error_text;

/// Returns the routes of the forms. The listener refuses forms of other origins.
pub(super) fn router() -> Router<Arc<Pages>> {
    Router::new()
        .route("/runs", post(start))
        .route("/runs/{run}/again", post(again))
        .route("/runs/{run}/stop", post(stop))
}

/// Why a form was not followed.
pub(super) enum ControlError {
    /// This server starts and stops no runs.
    ReadOnly,
    /// The run was not started here, or is over.
    NotHere,
    /// The run was not started.
    Start(RunStartError),
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::ReadOnly => {
                (StatusCode::FORBIDDEN, "error: this server starts and stops no runs (--read-only)\n".into())
            }
            Self::NotHere => {
                let text = "error: this run is over, or another precall runs it; stop it where it was started\n";
                (StatusCode::CONFLICT, text.into())
            }
            Self::Start(RunStartError::Busy) => {
                (StatusCode::CONFLICT, "error: a run that was started here goes on; stop it, or wait\n".into())
            }
            Self::Start(RunStartError::Unknown) => {
                (StatusCode::NOT_FOUND, "error: there is no such scenario or run; the first page lists them\n".into())
            }
            Self::Start(RunStartError::Filter(reason)) => {
                (StatusCode::UNPROCESSABLE_ENTITY, format!("error: the filter is wrong: {reason}\n"))
            }
            Self::Start(RunStartError::Job(error)) => match error.class() {
                ErrorClass::Usage | ErrorClass::Scenario => (StatusCode::UNPROCESSABLE_ENTITY, error_text(&error)),
                _ => (StatusCode::INTERNAL_SERVER_ERROR, error_text(&error)),
            },
            Self::Start(RunStartError::Ended) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "error: the run has ended; the log of precall says why\n".into())
            }
        };
        (status, text).into_response()
    }
}

fn control(pages: &Pages) -> Result<&Arc<RunControl>, ControlError> {
    pages.control.as_ref().ok_or(ControlError::ReadOnly)
}

#[derive(Debug, Deserialize)]
struct ScenarioChoice {
    scenario: String,
    #[serde(default)]
    filter: String,
}

async fn start(
    State(pages): State<Arc<Pages>>,
    Form(ScenarioChoice { scenario, filter }): Form<ScenarioChoice>,
) -> Result<Redirect, ControlError> {
    begin(&pages, Start::Scenario { scenario, filter }).await
}

async fn again(State(pages): State<Arc<Pages>>, UrlPath(run): UrlPath<String>) -> Result<Redirect, ControlError> {
    begin(&pages, Start::Failed { run }).await
}

async fn begin(pages: &Pages, what: Start) -> Result<Redirect, ControlError> {
    let name = control(pages)?.start(what).await.map_err(ControlError::Start)?;
    Ok(to_run(&name))
}

#[derive(Debug, Deserialize)]
struct StopChoice {
    /// Whether the running cases are ended as well.
    #[serde(default)]
    now: bool,
}

async fn stop(
    State(pages): State<Arc<Pages>>,
    UrlPath(run): UrlPath<String>,
    Form(StopChoice { now }): Form<StopChoice>,
) -> Result<Redirect, ControlError> {
    match control(&pages)?.stop(&run, now) {
        true => Ok(to_run(&run)),
        false => Err(ControlError::NotHere),
    }
}

fn to_run(name: &str) -> Redirect {
    Redirect::to(&format!("/runs/{}", utf8_percent_encode(name, NON_ALPHANUMERIC)))
}
