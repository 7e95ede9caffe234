//! Refusals: each has a body of JSON with `code` and `message`, which is where server SDKs look for the reason.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::event::PlatformEvent;
use crate::handle::PlatformHandle;

/// The most bytes of a refusal's text; those of the HTTP library have fewer than a hundred.
const MAX_TEXT_BYTES: usize = 4096;

/// Returns a refusal.
pub(super) fn error(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(json!({ "code": status.as_u16(), "message": message }))).into_response()
}

/// Gives a refusal that has no JSON yet its body: those of the HTTP library are plain text, or nothing.
pub(crate) async fn as_json(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_refusal = status.is_client_error() || status.is_server_error();
    if !is_refusal || kind.starts_with("application/json") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // A body that cannot be read is left out: the status holds the most important part.
    let text = to_bytes(body, MAX_TEXT_BYTES).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let allowed = parts.headers.get(header::ALLOW).and_then(|methods| methods.to_str().ok());
    let message = match (allowed, text.trim()) {
        (Some(methods), "") => format!("this path takes {}", methods.replace(',', ", ")),
        (_, "") => status.canonical_reason().unwrap_or("refused").to_owned(),
        (_, text) => text.to_owned(),
    };
    let (new, body) = error(status, &message).into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(new.headers);
    Response::from_parts(parts, body)
}

/// Answers a request that no route takes.
pub(crate) async fn not_found(State(platform): State<PlatformHandle>, request: Request) -> Response {
    let path = request.uri().path();
    platform.report(PlatformEvent::UnknownPath(path.to_owned()));
    error(StatusCode::NOT_FOUND, &format!("there is no {path} on this platform; check the API URL and the spelling"))
}
