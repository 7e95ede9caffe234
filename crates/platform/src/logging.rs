//! The logging service: it receives the steps that clients report about themselves.

use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;

use super::event::PlatformEvent;
use super::handle::PlatformHandle;

/// The part of a logged event that is kept. What else is in it may name people.
#[derive(Deserialize)]
struct Logged {
    #[serde(default)]
    action: String,
    #[serde(default)]
    variation: String,
}

/// `POST /hlg.tokbox.com/prod/logging/ClientEvent` and `…/ClientQos`. Clients and the network test want status 200
/// exactly; an empty body is a mere probe.
pub(super) async fn log(State(platform): State<PlatformHandle>, body: Bytes) -> &'static str {
    if let Ok(Logged { action, variation }) = serde_json::from_slice(&body)
        && !action.is_empty()
    {
        platform.report(PlatformEvent::Logged { action, variation });
    }
    "{}"
}
