//! The pages of the reports that people sent, and of the invitations to send one.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::collect::Collection;
use super::invitations::InvitationError;
use crate::line_report::{LineReport, scenario_text};
use crate::show::error_text;
use precall_report::{InvitationRow, LineReportRow, line_reports_html};

/// Returns the routes of the pages.
pub(super) fn router(collection: Arc<Collection>) -> Router {
    Router::new()
        .route("/reports", get(list))
        .route("/reports/invitations", post(invite))
        .route("/reports/{code}", get(report))
        .route("/reports/{code}/scenario", get(scenario))
        .with_state(collection)
}

async fn list(State(collection): State<Arc<Collection>>) -> Result<Html<String>, Response> {
    let read = tokio::task::spawn_blocking(move || (collection.reports(), collection.invitations.all()));
    let broke = |text: String| (StatusCode::INTERNAL_SERVER_ERROR, text).into_response();
    let (reports, invitations) = read.await.map_err(|error| broke(error.to_string()))?;
    let invited = |code: &String| invitations.iter().find(|(_, invitation)| invitation.reports.contains(code));
    let reports: Vec<_> = reports
        .iter()
        .map(|(code, report)| LineReportRow {
            code: code.clone(),
            at: report.at.map(|at| at.to_string()),
            grade: report.verdict.grade.as_str(),
            invitation: invited(code).map(|(_, invitation)| invitation.name.clone()),
        })
        .collect();
    let invitations: Vec<_> = invitations
        .iter()
        .map(|(code, invitation)| InvitationRow {
            code: code.clone(),
            name: invitation.name.clone(),
            ends: invitation.ends.to_string(),
            is_over: invitation.ends < jiff::Timestamp::now(),
            reports: invitation.reports.len(),
        })
        .collect();
    line_reports_html(&reports, &invitations).map(Html).map_err(|error| broke(error_text(&error.into())))
}

#[derive(Debug, Deserialize)]
struct InvitationForm {
    #[serde(default)]
    name: String,
    days: u16,
}

async fn invite(
    State(collection): State<Arc<Collection>>,
    Form(InvitationForm { name, days }): Form<InvitationForm>,
) -> Response {
    let made = tokio::task::spawn_blocking(move || collection.invitations.invite(&name, days)).await;
    match made.map_err(std::io::Error::other).map_err(InvitationError::from).flatten() {
        Ok(_) => Redirect::to("/reports").into_response(),
        Err(error) => {
            let status = match error {
                InvitationError::Full => StatusCode::INSUFFICIENT_STORAGE,
                InvitationError::Days => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, format!("error: {error}\n")).into_response()
        }
    }
}

async fn text(collection: Arc<Collection>, code: String) -> Result<String, Response> {
    let read = tokio::task::spawn_blocking(move || collection.report(&code)).await.ok().flatten();
    read.ok_or_else(|| (StatusCode::NOT_FOUND, "error: there is no report with this code\n").into_response())
}

async fn report(State(collection): State<Arc<Collection>>, Path(code): Path<String>) -> Result<Response, Response> {
    let text = text(collection, code).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// The report as a scenario.
async fn scenario(State(collection): State<Arc<Collection>>, Path(code): Path<String>) -> Result<String, Response> {
    let text = text(collection, code).await?;
    let report = LineReport::parse(text.as_bytes());
    report
        .map(|report| scenario_text(&report))
        .map_err(|problem| (StatusCode::UNPROCESSABLE_ENTITY, format!("error: {problem}\n")).into_response())
}
