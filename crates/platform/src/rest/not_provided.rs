//! The features of the cloud's REST API that this platform does not provide: archives, broadcasts, captions, calls and
//! the like. They are answered with 501, so that they cannot be mistaken for a wrong path.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodFilter, on};

use super::auth::Caller;
use super::error::error;
use crate::event::PlatformEvent;
use crate::handle::PlatformHandle;

const GET_POST: MethodFilter = MethodFilter::GET.or(MethodFilter::POST);
const GET_DELETE: MethodFilter = MethodFilter::GET.or(MethodFilter::DELETE);

/// Paths below `/v2/project` with their methods, as the public references of OpenTok's and Vonage's REST API have them.
const PATHS: [(&str, MethodFilter); 24] = [
    ("", GET_POST),
    ("/{project}", GET_DELETE.or(MethodFilter::PUT)),
    ("/{project}/refreshSecret", MethodFilter::POST),
    ("/{project}/archive", GET_POST),
    ("/{project}/archive/storage", MethodFilter::PUT.or(MethodFilter::DELETE)),
    ("/{project}/archive/{archive}", GET_DELETE),
    ("/{project}/archive/{archive}/stop", MethodFilter::POST),
    ("/{project}/archive/{archive}/layout", MethodFilter::PUT),
    ("/{project}/archive/{archive}/streams", MethodFilter::PATCH),
    ("/{project}/broadcast", GET_POST),
    ("/{project}/broadcast/{broadcast}", MethodFilter::GET),
    ("/{project}/broadcast/{broadcast}/stop", MethodFilter::POST),
    ("/{project}/broadcast/{broadcast}/layout", MethodFilter::PUT.or(GET_POST)),
    ("/{project}/broadcast/{broadcast}/streams", MethodFilter::PATCH),
    ("/{project}/captions", MethodFilter::POST),
    ("/{project}/captions/{captions}/stop", MethodFilter::POST),
    ("/{project}/render", GET_POST),
    ("/{project}/render/{render}", GET_DELETE),
    ("/{project}/connect", MethodFilter::POST),
    ("/{project}/connect/{connect}/stop", MethodFilter::POST),
    ("/{project}/dial", MethodFilter::POST),
    ("/{project}/call", MethodFilter::POST),
    ("/{project}/session/{session}/play-dtmf", MethodFilter::POST),
    ("/{project}/session/{session}/connection/{connection}/play-dtmf", MethodFilter::POST),
];

/// Returns the routes below `base`.
pub(super) fn routes(base: &str) -> Router<PlatformHandle> {
    PATHS.into_iter().fold(Router::new(), |router, (path, methods)| {
        router.route(&format!("{base}/v2/project{path}"), on(methods, refuse))
    })
}

async fn refuse(State(platform): State<PlatformHandle>, _: Caller, request: Request) -> Response {
    let what = format!("{} {}", request.method(), request.uri().path());
    platform.report(PlatformEvent::NotProvided(what));
    error(
        StatusCode::NOT_IMPLEMENTED,
        "this platform has sessions, streams, signals and moderation; it does not provide archives, broadcasts, captions, \
         renders, audio connectors, calls or account management",
    )
}
