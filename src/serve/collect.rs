//! Reports that people send from the page on which they test their own lines. They are kept as files, each with a code
//! that the person can tell a helper.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use serde::{Deserialize, Serialize};

use super::code::{code, is_code};
use super::invitations::{InvitationError, Invitations};
use crate::line_report::{LineReport, MAX_REPORT_BYTES, ReportProblem};
use precall_support::files::Directory;

/// The most reports in the directory: whoever reaches the page could fill the disk otherwise.
const MAX_REPORTS: usize = 1000;

/// Why a report was not kept.
#[derive(Debug, thiserror::Error)]
enum CollectError {
    #[error("the report is not kept: {0}")]
    Problem(#[from] ReportProblem),
    #[error("the report is not kept: there are {MAX_REPORTS} already")]
    Full,
    #[error("the report is not kept: {0}")]
    Invitation(#[from] InvitationError),
    #[error("the report is not kept: {0}")]
    Disk(#[from] std::io::Error),
}

impl IntoResponse for CollectError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Problem(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Invitation(InvitationError::Unknown) => StatusCode::FORBIDDEN,
            Self::Invitation(InvitationError::Over) => StatusCode::GONE,
            Self::Invitation(_) | Self::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, format!("{self}\n")).into_response()
    }
}

/// The answer to a report.
#[derive(Debug, Serialize)]
struct Kept {
    code: String,
}

/// The directory of the reports.
pub(super) struct Collection {
    directory: PathBuf,
    pub invitations: Invitations,
    /// Whether every report needs an invitation.
    needs_invitation: bool,
}

impl Collection {
    pub fn new(directory: PathBuf, needs_invitation: bool) -> Self {
        Self { invitations: Invitations::new(directory.clone()), directory, needs_invitation }
    }

    /// Keeps a report, and returns its code.
    fn keep(&self, body: &[u8], invitation: Option<&str>) -> Result<String, CollectError> {
        LineReport::parse(body)?;
        std::fs::create_dir_all(&self.directory)?;
        if std::fs::read_dir(&self.directory)?.count() >= MAX_REPORTS {
            return Err(CollectError::Full);
        }
        let code = code();
        match invitation {
            Some(invitation) => self.invitations.accept(invitation, &code)?,
            None if self.needs_invitation => return Err(InvitationError::Unknown.into()),
            None => {}
        }
        Directory::open(&self.directory)?.replace(format!("{code}.json"), body)?;
        Ok(code)
    }

    /// Returns the codes of the reports, each with what it says, the latest first. A file that is none is left out.
    pub fn reports(&self) -> Vec<(String, LineReport)> {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let codes = names.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()));
        let read = |code: String| Some((code.clone(), LineReport::parse(self.report(&code)?.as_bytes()).ok()?));
        let mut reports: Vec<_> = codes.filter_map(read).collect();
        reports.sort_by_key(|(_, report)| std::cmp::Reverse(report.at));
        reports
    }

    /// Returns the JSON of a report. `None` if there is none with this code.
    pub fn report(&self, code: &str) -> Option<String> {
        let directory = is_code(code).then(|| Directory::open(&self.directory).ok())??;
        String::from_utf8(directory.read(format!("{code}.json"), MAX_REPORT_BYTES).ok()?).ok()
    }
}

/// Returns the route that takes reports.
pub(super) fn collector(collection: Arc<Collection>) -> Router {
    Router::new()
        .route("/precall/reports", routing::post(take))
        .layer(DefaultBodyLimit::max(MAX_REPORT_BYTES as usize))
        .with_state(collection)
}

/// The invitation of a report, from the address that it is sent to.
#[derive(Debug, Deserialize)]
struct Invited {
    #[serde(default)]
    invitation: Option<String>,
}

async fn take(
    State(collection): State<Arc<Collection>>,
    Query(Invited { invitation }): Query<Invited>,
    body: Bytes,
) -> Result<Json<Kept>, CollectError> {
    let kept = tokio::task::spawn_blocking(move || collection.keep(&body, invitation.as_deref()));
    let code = kept.await.map_err(std::io::Error::other)??;
    Ok(Json(Kept { code }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"kind": "precall-test", "version": 1, "at": "2026-11-29T12:00:00Z", "audioOnly": true,
        "verdict": {"grade": "pass", "sentence": "goodAudio", "reasons": []}}"#;

    async fn send(directory: &std::path::Path, body: &str) -> (u16, String) {
        send_to(Collection::new(directory.to_owned(), false), "", body).await
    }

    async fn send_to(collection: Collection, query: &str, body: &str) -> (u16, String) {
        let request = axum::http::Request::post(format!("/precall/reports{query}"));
        let request = request.body(axum::body::Body::from(body.to_owned())).expect("a request");
        let response = tower::ServiceExt::oneshot(collector(Arc::new(collection)), request).await;
        let response = response.expect("an answer");
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn report_is_kept_under_its_code() {
        let base = tempfile::tempdir().expect("a directory");
        let directory = base.path().join("reports");
        let (status, answer) = send(&directory, REPORT).await;
        assert_eq!(status, 200, "{answer}");
        let code = answer.trim_start_matches("{\"code\":\"").trim_end_matches("\"}").to_owned();
        assert!(code.len() == 9 && code.as_bytes()[4] == b'-', "{code}");
        let kept = std::fs::read_to_string(directory.join(format!("{code}.json"))).expect("kept");
        assert_eq!(kept, REPORT);
    }

    #[tokio::test]
    async fn invitation_takes_the_place_of_a_token() {
        let base = tempfile::tempdir().expect("a directory");
        let collection = || Collection::new(base.path().to_owned(), true);
        assert_eq!(send_to(collection(), "", REPORT).await.0, 403);
        assert_eq!(send_to(collection(), "?invitation=0000-0000", REPORT).await.0, 403);
        let code = collection().invitations.invite("Anna", 7).expect("invited");
        assert_eq!(send_to(collection(), &format!("?invitation={code}"), REPORT).await.0, 200);
        let [(report, read)] = &collection().reports()[..] else { panic!("one report") };
        assert!(collection().invitations.all()[0].1.reports == [report.clone()] && read.at.is_some());
        assert_eq!(collection().report(report).as_deref(), Some(REPORT));
        assert_eq!(collection().report("../x"), None);
    }

    #[tokio::test]
    async fn anything_else_is_refused() {
        let directory = tempfile::tempdir().expect("a directory");
        assert_eq!(send(directory.path(), "{}").await.0, 422);
        let large = format!("{{\"kind\": \"{}\"}}", "x".repeat(MAX_REPORT_BYTES as usize));
        assert_eq!(send(directory.path(), &large).await.0, 413);
        assert_eq!(std::fs::read_dir(directory.path()).expect("read").count(), 0);
    }
}
