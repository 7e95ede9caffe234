//! `POST /session/create`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::auth::{Caller, error};
use crate::platform::clock::now;
use crate::platform::directory::{MediaMode, SessionOptions};
use crate::platform::running::Platform;

/// What a session can be created with; the rest is of no concern here.
#[derive(Default, Deserialize)]
struct Options {
    #[serde(rename = "p2p.preference")]
    p2p: Option<String>,
}

/// Creates a session. Without `p2p.preference`, which every server SDK sends, its media is routed.
pub(super) async fn create(
    State(platform): State<Platform>,
    Caller(project): Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(options) = read(&headers, &body) else {
        return error(StatusCode::BAD_REQUEST, "the body is neither a form nor JSON");
    };
    let media_mode = match options.p2p.as_deref() {
        None | Some("disabled") => MediaMode::Routed,
        Some("enabled") => MediaMode::Relayed,
        Some(_) => return error(StatusCode::BAD_REQUEST, "p2p.preference is `enabled` or `disabled`"),
    };
    let id = platform.create_session(&project, SessionOptions { media_mode, ..platform.session_defaults() });
    let created = http_date(now().unix_ms);
    let wants_json = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("application/json"));
    if wants_json {
        return Json(json!([{
            "session_id": id.as_str(),
            "project_id": project.api_key,
            "partner_id": project.api_key,
            "create_dt": created,
            "session_status": null,
            "status_invalid": null,
            "media_server_hostname": null,
            "messaging_server_url": null,
            "messaging_url": null,
            "symphony_address": null,
            "properties": null,
            "ice_server": null,
            "session_segment_id": null,
            "ice_servers": null,
            "ice_credential_expiration": 86_100
        }]))
        .into_response();
    }
    // The key is the operator's text; the rest is of our own making.
    let key = escape(&project.api_key);
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><sessions><Session><session_id>{id}</session_id>\
         <partner_id>{key}</partner_id><create_dt>{created}</create_dt></Session></sessions>"
    );
    ([(header::CONTENT_TYPE, "text/xml")], xml).into_response()
}

fn read(headers: &HeaderMap, body: &Bytes) -> Result<Options, ()> {
    if body.is_empty() {
        return Ok(Options::default());
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        return serde_json::from_slice(body).map_err(drop);
    }
    serde_urlencoded::from_bytes(body).map_err(drop)
}

/// A time as in HTTP (RFC 9110 section 5.6.7).
fn http_date(unix_ms: u64) -> String {
    let millisecond = i64::try_from(unix_ms).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millisecond)
        .map(|time| time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
