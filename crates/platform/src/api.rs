//! The HTTP side of the platform: routes by the host that a client would have requested, and session info.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router, middleware};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::util::MapRequest;

use super::clock::Now;
use super::event::PlatformEvent;
use super::handle::PlatformHandle;
use super::hosts::{MESSAGING_HOST, SYMPHONY_ADDRESS};
use super::limits::{MAX_BODY_BYTES, MAX_FRAME_BYTES, MAX_SOCKET_NAME_BYTES, REQUEST_TIMEOUT};
use super::messaging::Opening;
use super::session_registry::MediaMode;
use super::ticket::Ticket;
use super::{fault, logging, rest, slashes, socket};
use crate::credentials::TokenClaims;
use crate::transport::RemoteAddress;

/// The size of a WebSocket's read buffer in bytes. Clients send little, and each socket has a buffer of its own.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// Returns the routes of a platform, below the base path that clients are given as their proxy.
pub(super) fn router(platform: PlatformHandle) -> Router {
    let routes = Router::new()
        .route("/config.opentok.com/project/{api_key}/config.json", get(config))
        .route("/anvil.opentok.com/session/{session_id}", get(session_info))
        .route("/hlg.tokbox.com/prod/logging/{kind}", post(logging::log))
        .route("/{messaging_host}/{session_id}/rumorwebsocketsv2", get(messaging))
        .route("/{messaging_host}/{session_id}/{ticket}/rumorwebsocketsv2", get(messaging))
        .merge(rest::routes())
        .fallback(rest::not_found)
        .layer(middleware::from_fn(with_whole_body))
        .layer(middleware::from_fn_with_state(platform.clone(), fault::apply))
        .with_state(platform);
    // This middleware surrounds the routes, and is not a layer of theirs. It runs before a route is chosen, and after
    // the route has listed the methods that it takes.
    Router::new()
        .fallback_service(MapRequest::new(routes, slashes::normalize))
        .layer(middleware::map_response(rest::as_json))
}

/// Reads a request's body before the request is handled, within limits of size and time that hold for every route.
async fn with_whole_body(request: Request, next: middleware::Next) -> Response {
    let (parts, body) = request.into_parts();
    match tokio::time::timeout(REQUEST_TIMEOUT, to_bytes(body, MAX_BODY_BYTES)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Err(_)) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// Answers a request for a project's settings. A project has none here, and clients need only an answer.
async fn config() -> Json<Value> {
    Json(json!({}))
}

/// Returns a session's info, such as its messaging URL, to a client with a valid token. Refusals have status 200 and an
/// error in the body: clients take any other status for a network fault.
async fn session_info(
    State(platform): State<PlatformHandle>,
    Path(session_id): Path<String>,
    headers: HeaderMap,
) -> Json<Value> {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    let token = ["x-opentok-auth", "x-tb-token-auth"].into_iter().find_map(header).unwrap_or_default();
    let Some(record) = platform.session(&session_id) else {
        platform.report(PlatformEvent::UnknownSession);
        return refusal(404, "Session not found");
    };
    let project = &record.project;
    let claims = TokenClaims::verify(token, project, &session_id, Now::read().unix_seconds());
    if let Err(error) = claims {
        platform.report(PlatformEvent::TokenRefused(error));
        return refusal(403, &error.to_string());
    }
    let host = MESSAGING_HOST;
    // The id that the client's connection will have.
    let connection = header("x-tb-connectionid").unwrap_or_default();
    let ticket = platform.ticket(&session_id, connection, token);
    let ticket = ticket.as_str();
    let p2p = match record.options.media_mode {
        MediaMode::Routed => "disabled",
        MediaMode::Relayed => "enabled",
    };
    Json(json!([{
        "session_id": session_id,
        "partner_id": project.api_key,
        "project_id": project.api_key,
        "messaging_url": format!("wss://{host}:443/{session_id}/{ticket}/rumorwebsocketsv2"),
        "symphony_address": SYMPHONY_ADDRESS,
        "messaging_server_url": host,
        "media_server_hostname": host,
        "ice_servers": platform.ice_servers(),
        "ice_credential_expiration": 86_100,
        "session_status": "INFLIGHT",
        "status_invalid": null,
        "properties": {
            "p2p": { "preference": { "value": p2p } },
            "reconnection": true,
            "renegotiation": true,
            "peerRegeneration": true,
            "simulcast": record.options.simulcast,
            "h264": true,
            "vp8": true,
            "vp9": true,
            "priorityVideoCodec": record.options.video_codec.as_str(),
            "clientLogging": true,
            "clientCandidates": "all"
        }
    }]))
}

fn refusal(code: u16, message: &str) -> Json<Value> {
    Json(json!([{ "error": { "code": code, "errorMessage": { "code": code, "message": message } } }]))
}

/// The query of a messaging WebSocket. Its fields are absent when reconnection is off.
#[derive(Deserialize)]
struct SocketQuery {
    #[serde(rename = "socketId")]
    socket_id: Option<String>,
    reconnect: Option<String>,
}

/// The parameters in the path of a messaging WebSocket. Session info puts the ticket into the URL.
#[derive(Deserialize)]
struct SocketPath {
    session_id: String,
    ticket: Option<String>,
}

async fn messaging(
    State(platform): State<PlatformHandle>,
    Path(SocketPath { session_id, ticket }): Path<SocketPath>,
    Query(query): Query<SocketQuery>,
    address: Option<Extension<RemoteAddress>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if platform.session(&session_id).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    if query.socket_id.as_ref().is_some_and(|name| name.len() > MAX_SOCKET_NAME_BYTES) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let address = address.map(|Extension(RemoteAddress(address))| address);
    let Some(room) = platform.sockets().take(&session_id, address) else {
        tracing::warn!(session_id, ?address, "a WebSocket was refused, as there are too many");
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let reconnect = query.reconnect.as_deref() == Some("true");
    let access = platform.access();
    let opening = Opening { client_socket: query.socket_id, ticket: ticket.map(Ticket::new), reconnect, access };
    upgrade
        // A message is handled once it is whole, and so is each of its frames: both have to be bounded.
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .on_upgrade(move |socket| async move {
            socket::serve(socket, platform, session_id, opening).await;
            drop(room);
        })
}
