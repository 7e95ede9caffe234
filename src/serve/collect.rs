//! Reports that people send from the page on which they test their own lines. They are kept as files, each with a code
//! that the person can tell a helper.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use serde::Serialize;

use crate::line_report::{LineReport, MAX_REPORT_BYTES, ReportProblem};
use precall_support::files::Directory;

/// The most reports in the directory: whoever reaches the page could fill the disk otherwise.
const MAX_REPORTS: usize = 1000;

/// The letters of a code: those that people read aloud without mistakes (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Why a report was not kept.
#[derive(Debug, thiserror::Error)]
enum CollectError {
    #[error("the report is not kept: {0}")]
    Problem(#[from] ReportProblem),
    #[error("the report is not kept: there are {MAX_REPORTS} already")]
    Full,
    #[error("the report is not kept: {0}")]
    Disk(#[from] std::io::Error),
}

impl IntoResponse for CollectError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Problem(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, format!("{self}\n")).into_response()
    }
}

/// The answer to a report.
#[derive(Debug, Serialize)]
struct Kept {
    code: String,
}

/// Returns the route that takes reports, and keeps them in a directory.
pub(super) fn collector(directory: PathBuf) -> Router {
    Router::new()
        .route("/precall/reports", routing::post(take))
        .layer(DefaultBodyLimit::max(MAX_REPORT_BYTES as usize))
        .with_state(Arc::new(directory))
}

async fn take(State(directory): State<Arc<PathBuf>>, body: Bytes) -> Result<Json<Kept>, CollectError> {
    LineReport::parse(&body)?;
    let code = code();
    let name = format!("{code}.json");
    let kept = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&*directory)?;
        if std::fs::read_dir(&*directory)?.count() >= MAX_REPORTS {
            return Err(CollectError::Full);
        }
        Directory::open(&directory)?.replace(&name, &body)?;
        Ok(())
    });
    kept.await.map_err(std::io::Error::other)??;
    Ok(Json(Kept { code }))
}

/// Returns a new code of eight letters, in two groups.
fn code() -> String {
    let random = uuid::Uuid::new_v4().as_u128();
    // The lowest bits of a version 4 UUID are random.
    let letter = |at: u32| char::from(LETTERS[(random >> (5 * at)) as usize % LETTERS.len()]);
    let group = |from: u32| (from..from + 4).map(letter).collect::<String>();
    format!("{}-{}", group(0), group(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn send(directory: &std::path::Path, body: &str) -> (u16, String) {
        let request = axum::http::Request::post("/precall/reports").body(axum::body::Body::from(body.to_owned()));
        let response = tower::ServiceExt::oneshot(collector(directory.to_owned()), request.expect("a request")).await;
        let response = response.expect("an answer");
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn report_is_kept_under_its_code() {
        let base = tempfile::tempdir().expect("a directory");
        let directory = base.path().join("reports");
        let report = r#"{"kind": "precall-test", "version": 1, "at": "2026-11-29T12:00:00Z", "audioOnly": true,
            "verdict": {"grade": "pass", "sentence": "goodAudio", "reasons": []}}"#;
        let (status, answer) = send(&directory, report).await;
        assert_eq!(status, 200, "{answer}");
        let code = answer.trim_start_matches("{\"code\":\"").trim_end_matches("\"}").to_owned();
        assert!(code.len() == 9 && code.as_bytes()[4] == b'-', "{code}");
        let kept = std::fs::read_to_string(directory.join(format!("{code}.json"))).expect("kept");
        assert_eq!(kept, report);
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
