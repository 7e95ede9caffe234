//! What can be asked of a session: `/v2/project/<key>/session/<id>/…`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::auth::{Caller, error};
use crate::credentials::Project;
use crate::platform::messaging::{ServerReply, ServerRequest};
use crate::platform::running::Platform;

type InSession = Path<(String, String)>;
type InSessionOf = Path<(String, String, String)>;

#[derive(Deserialize)]
struct SignalBody {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    data: String,
}

#[derive(Deserialize)]
struct MuteBody {
    #[serde(default = "yes")]
    active: bool,
    // The SDKs do not agree on its name.
    #[serde(default, alias = "excludedStreamIds")]
    #[serde(rename = "excludedStreams")]
    excluded: Vec<String>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct LayoutBody {
    items: Vec<LayoutItem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LayoutItem {
    id: String,
    #[serde(default)]
    layout_class_list: Vec<String>,
}

pub(super) async fn streams(State(platform): State<Platform>, caller: Caller, Path(path): InSession) -> Response {
    match ask(&platform, &caller, &path.0, &path.1, ServerRequest::Streams).await {
        ServerReply::Many(items) => Json(json!({ "count": items.len(), "items": items })).into_response(),
        other => plain(&caller.0, other),
    }
}

pub(super) async fn stream(State(platform): State<Platform>, caller: Caller, Path(path): InSessionOf) -> Response {
    let reply = ask(&platform, &caller, &path.0, &path.1, ServerRequest::Stream { id: path.2 }).await;
    plain(&caller.0, reply)
}

pub(super) async fn set_layout_classes(
    State(platform): State<Platform>,
    caller: Caller,
    Path(path): InSession,
    body: Bytes,
) -> Response {
    let LayoutBody { items } = match read(&body) {
        Ok(body) => body,
        Err(reason) => return error(StatusCode::BAD_REQUEST, &reason),
    };
    let items = items.into_iter().map(|item| (item.id, item.layout_class_list)).collect();
    match ask(&platform, &caller, &path.0, &path.1, ServerRequest::SetLayoutClasses { items }).await {
        ServerReply::Done => streams(State(platform), caller, Path(path)).await,
        other => plain(&caller.0, other),
    }
}

pub(super) async fn connections(State(platform): State<Platform>, caller: Caller, Path(path): InSession) -> Response {
    match ask(&platform, &caller, &path.0, &path.1, ServerRequest::Connections).await {
        ServerReply::Many(items) => {
            let (project, session) = path;
            let body = json!({ "count": items.len(), "projectId": project, "sessionId": session, "items": items });
            Json(body).into_response()
        }
        other => plain(&caller.0, other),
    }
}

pub(super) async fn disconnect(State(platform): State<Platform>, caller: Caller, Path(path): InSessionOf) -> Response {
    let request = ServerRequest::Disconnect { connection: path.2 };
    no_content(&caller.0, ask(&platform, &caller, &path.0, &path.1, request).await)
}

pub(super) async fn signal_all(
    State(platform): State<Platform>,
    caller: Caller,
    Path(path): InSession,
    body: Bytes,
) -> Response {
    signal(&platform, &caller, &path.0, &path.1, None, &body).await
}

pub(super) async fn signal_one(
    State(platform): State<Platform>,
    caller: Caller,
    Path(path): InSessionOf,
    body: Bytes,
) -> Response {
    signal(&platform, &caller, &path.0, &path.1, Some(path.2.clone()), &body).await
}

async fn signal(
    platform: &Platform,
    caller: &Caller,
    project: &str,
    session: &str,
    to: Option<String>,
    body: &Bytes,
) -> Response {
    let SignalBody { kind, data } = match read(body) {
        Ok(body) => body,
        Err(reason) => return error(StatusCode::BAD_REQUEST, &reason),
    };
    no_content(&caller.0, ask(platform, caller, project, session, ServerRequest::Signal { to, kind, data }).await)
}

pub(super) async fn mute_stream(State(platform): State<Platform>, caller: Caller, Path(path): InSessionOf) -> Response {
    let reply = ask(&platform, &caller, &path.0, &path.1, ServerRequest::MuteStream { id: path.2 }).await;
    plain(&caller.0, reply)
}

pub(super) async fn mute_all(
    State(platform): State<Platform>,
    caller: Caller,
    Path(path): InSession,
    body: Bytes,
) -> Response {
    let MuteBody { active, excluded } = match read(&body) {
        Ok(body) => body,
        Err(reason) => return error(StatusCode::BAD_REQUEST, &reason),
    };
    let reply = ask(&platform, &caller, &path.0, &path.1, ServerRequest::MuteAll { active, except: excluded }).await;
    plain(&caller.0, reply)
}

/// Everything of a project that this platform does not have.
pub(super) async fn not_here(_: Caller) -> Response {
    error(StatusCode::NOT_IMPLEMENTED, "this platform has no archives, broadcasts, captions or calls")
}

/// Asks a session of the caller's own project.
async fn ask(
    platform: &Platform,
    Caller(caller): &Caller,
    project: &str,
    session: &str,
    request: ServerRequest,
) -> ServerReply {
    let is_own = platform.session(session).is_some_and(|hosted| hosted.project.api_key == caller.api_key);
    if caller.api_key != project || !is_own {
        return ServerReply::NotFound;
    }
    platform.ask(session, request).await
}

/// The reply to what has nothing else to say than that it was done: then the project is described.
fn plain(project: &Project, reply: ServerReply) -> Response {
    match reply {
        ServerReply::One(value) => Json(value).into_response(),
        ServerReply::Many(values) => Json(Value::from(values)).into_response(),
        ServerReply::Done => {
            let id = &project.api_key;
            Json(json!({ "id": id, "applicationId": id, "status": "ACTIVE", "name": "precall", "environment": "standard" }))
                .into_response()
        }
        ServerReply::NotFound => error(StatusCode::NOT_FOUND, "there is no such session, connection or stream"),
        ServerReply::TooLarge => {
            error(StatusCode::PAYLOAD_TOO_LARGE, "a signal's type has at most 128 bytes, and its data 8 kB")
        }
    }
}

fn no_content(project: &Project, reply: ServerReply) -> Response {
    match reply {
        ServerReply::Done => StatusCode::NO_CONTENT.into_response(),
        other => plain(project, other),
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, String> {
    // Some SDKs send no body where every field has a default.
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|reason| reason.to_string())
}
