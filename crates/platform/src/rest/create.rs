//! `POST /session/create`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::auth::Caller;
use super::body::Body;
use super::error::error;
use super::options;
use crate::clock::Now;
use crate::credentials::{Project, SessionId};
use crate::event::PlatformEvent;
use crate::handle::PlatformHandle;

/// Creates a session.
pub(super) async fn create(
    State(platform): State<PlatformHandle>,
    Caller(project): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let read = Body::from_form(query.as_deref(), &headers, &body)
        .map_err(|reason| (StatusCode::BAD_REQUEST, reason))
        .and_then(|body| options::read(&body, platform.session_defaults()));
    let asked = match read {
        Ok(asked) => asked,
        Err((status, reason)) => {
            if status == StatusCode::NOT_IMPLEMENTED {
                platform.report(PlatformEvent::NotProvided("POST /session/create with e2ee".to_owned()));
            }
            return error(status, &reason);
        }
    };
    let id = platform.create_session(&project, asked.options);
    if asked.archived {
        platform.report(PlatformEvent::NotProvided(format!("the archive of session {id} (archiveMode=always)")));
    }
    let accepts = |kind: &str| {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        accept.is_some_and(|accept| accept.contains(kind))
    };
    if accepts("application/json") { as_json(&project, &id) } else { as_xml(&project, &id) }
}

fn as_json(project: &Project, id: &SessionId) -> Response {
    Json(json!([{
        "session_id": id.as_str(),
        "project_id": project.api_key,
        "partner_id": project.api_key,
        "application_id": project.api_key,
        "create_dt": java_date(Now::read().unix_ms),
        "media_server_url": null,
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
    .into_response()
}

/// Returns the older form of the reply, which the server SDKs for PHP, Python, Ruby and .NET read.
fn as_xml(project: &Project, id: &SessionId) -> Response {
    // The key is the operator's text; the rest is of our own making.
    let (key, created) = (escape(&project.api_key), java_date(Now::read().unix_ms));
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><sessions><Session><session_id>{id}</session_id>\
         <partner_id>{key}</partner_id><create_dt>{created}</create_dt></Session></sessions>"
    );
    ([(header::CONTENT_TYPE, "text/xml")], xml).into_response()
}

/// Returns a time as the API documents `create_dt`: as Java prints a date, `Mon Mar 17 00:41:31 UTC 2014`.
fn java_date(unix_ms: u64) -> String {
    let millisecond = i64::try_from(unix_ms).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(millisecond)
        .map(|time| time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string())
        .unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_the_api_documents_it() {
        assert_eq!(java_date(1_395_016_891_000), "Mon Mar 17 00:41:31 UTC 2014");
    }
}
