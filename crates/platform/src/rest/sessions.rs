//! The requests about a session: `/v2/project/<key>/session/<id>/…`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::auth::Caller;
use super::body::{Body, JsonBody};
use super::error::error;
use crate::credentials::Project;
use crate::handle::PlatformHandle;
use crate::messaging::{ServerReply, ServerRequest};

/// A request about a session, by a project's server.
pub(super) struct SessionCall {
    platform: PlatformHandle,
    caller: Project,
    /// The parts of the path by name: `project`, `session`, and perhaps `stream` or `connection`.
    path: HashMap<String, String>,
}

impl FromRequestParts<PlatformHandle> for SessionCall {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, platform: &PlatformHandle) -> Result<Self, Response> {
        let Caller(caller) = Caller::from_request_parts(parts, platform).await?;
        let path = Path::from_request_parts(parts, platform).await.map_err(IntoResponse::into_response)?;
        Ok(Self { platform: platform.clone(), caller, path: path.0 })
    }
}

impl SessionCall {
    /// Returns a parameter of the path; empty if the route does not have it.
    fn part(&self, name: &str) -> String {
        self.path.get(name).cloned().unwrap_or_default()
    }

    /// Asks the session, if it is of the caller's own project.
    async fn ask(&self, request: ServerRequest) -> ServerReply {
        let (project, session) = (self.part("project"), self.part("session"));
        let is_own =
            self.platform.session(&session).is_some_and(|record| record.project.api_key == self.caller.api_key);
        if self.caller.api_key != project || !is_own {
            return ServerReply::NotFound;
        }
        self.platform.server_request(&session, request).await
    }

    /// Passes a request to the session, and answers with its result, or with the project when the result is empty.
    async fn answer(&self, request: ServerRequest) -> Response {
        match self.ask(request).await {
            ServerReply::One(value) => Json(value).into_response(),
            ServerReply::Many(values) => Json(Value::from(values)).into_response(),
            ServerReply::Done => {
                let id = &self.caller.api_key;
                Json(json!({
                    "id": id,
                    "applicationId": id,
                    "status": "ACTIVE",
                    "name": "precall",
                    "environment": "standard",
                    "createdAt": self.platform.started_ms(),
                }))
                .into_response()
            }
            refusal => refused(&refusal),
        }
    }

    /// Asks, and answers 204 once it was done.
    async fn answer_without_content(&self, request: ServerRequest) -> Response {
        match self.ask(request).await {
            ServerReply::Done => StatusCode::NO_CONTENT.into_response(),
            refusal => refused(&refusal),
        }
    }
}

pub(super) async fn streams(call: SessionCall) -> Response {
    match call.ask(ServerRequest::Streams).await {
        ServerReply::Many(items) => Json(json!({ "count": items.len(), "items": items })).into_response(),
        refusal => refused(&refusal),
    }
}

pub(super) async fn stream(call: SessionCall) -> Response {
    call.answer(ServerRequest::Stream { id: call.part("stream") }).await
}

pub(super) async fn set_layout_classes(call: SessionCall, JsonBody(body): JsonBody) -> Response {
    let item = |item: Body| {
        let id = item.text("id")?.ok_or_else(|| "an item has no `id`".to_owned())?;
        Ok((id, item.texts("layoutClassList")?))
    };
    let items = body.items("items").and_then(|items| items.into_iter().map(item).collect::<Result<_, String>>());
    let items = match items {
        Ok(items) => items,
        Err(reason) => return error(StatusCode::BAD_REQUEST, &reason),
    };
    match call.ask(ServerRequest::SetLayoutClasses { items }).await {
        ServerReply::Done => streams(call).await,
        refusal => refused(&refusal),
    }
}

/// Updates one stream's layout classes. This is a request of PHP's server SDK.
pub(super) async fn update_stream(call: SessionCall, JsonBody(body): JsonBody) -> Response {
    let classes = match body.texts("layoutClassList") {
        Ok(classes) => classes,
        Err(reason) => return error(StatusCode::BAD_REQUEST, &reason),
    };
    let items = vec![(call.part("stream"), classes)];
    match call.ask(ServerRequest::SetLayoutClasses { items }).await {
        ServerReply::Done => stream(call).await,
        refusal => refused(&refusal),
    }
}

pub(super) async fn connections(call: SessionCall) -> Response {
    match call.ask(ServerRequest::Connections).await {
        ServerReply::Many(items) => {
            let (project, session) = (call.part("project"), call.part("session"));
            let count = items.len();
            Json(json!({ "count": count, "projectId": project, "sessionId": session, "items": items })).into_response()
        }
        refusal => refused(&refusal),
    }
}

pub(super) async fn disconnect(call: SessionCall) -> Response {
    call.answer_without_content(ServerRequest::Disconnect { connection: call.part("connection") }).await
}

/// Sends a signal to all connections, or to the connection in the path.
pub(super) async fn signal(call: SessionCall, JsonBody(body): JsonBody) -> Response {
    let (kind, data) = match (body.text("type"), body.text("data")) {
        (Ok(kind), Ok(data)) => (kind.unwrap_or_default(), data.unwrap_or_default()),
        (Err(reason), _) | (_, Err(reason)) => return error(StatusCode::BAD_REQUEST, &reason),
    };
    let to = call.path.get("connection").cloned();
    call.answer_without_content(ServerRequest::Signal { to, kind, data }).await
}

/// Mutes a stream. The body is ignored, since some server SDKs send an empty one.
pub(super) async fn mute_stream(call: SessionCall) -> Response {
    call.answer(ServerRequest::MuteStream { id: call.part("stream") }).await
}

pub(super) async fn mute_all(call: SessionCall, JsonBody(body): JsonBody) -> Response {
    let read = || {
        let mut except = body.texts("excludedStreamIds")?;
        // The server SDKs do not agree on its name.
        except.extend(body.texts("excludedStreams")?);
        Ok::<_, String>((body.flag("active")?.unwrap_or(true), except))
    };
    match read() {
        Ok((active, except)) => call.answer(ServerRequest::MuteAll { active, except }).await,
        Err(reason) => error(StatusCode::BAD_REQUEST, &reason),
    }
}

/// Returns the answer to a request that failed. Successful results are answered by the routes themselves.
fn refused(reply: &ServerReply) -> Response {
    match reply {
        ServerReply::TooLarge => {
            error(StatusCode::PAYLOAD_TOO_LARGE, "a signal's type has at most 128 bytes, and its data 8 kB")
        }
        _ => error(StatusCode::NOT_FOUND, "there is no such session, connection or stream in this project"),
    }
}
