//! The REST API that applications' servers ask, with the paths and replies of OpenTok's and Vonage's: so their server
//! SDKs work unchanged, given this platform's URL as their API URL.
//!
//! Served at the root, and below the hosts of the cloud's API for requests that come by the clients' proxy path. Archives,
//! broadcasts, captions and calls by telephone are not here; asking for them is answered 501.

mod auth;
mod create;
mod sessions;

use axum::Router;
use axum::routing::{any, delete, get, post};

use super::running::Platform;

/// Where the API is found: at the root, and below the hosts of the cloud's.
const BASES: [&str; 3] = ["", "/api.opentok.com", "/video.api.vonage.com"];

/// The routes.
pub(super) fn routes() -> Router<Platform> {
    BASES.into_iter().fold(Router::new(), |router, base| {
        let project = format!("{base}/v2/project/{{project}}");
        let session = format!("{project}/session/{{session}}");
        router
            .route(&format!("{base}/session/create"), post(create::create))
            .route(&format!("{session}/stream"), get(sessions::streams).put(sessions::set_layout_classes))
            .route(&format!("{session}/stream/{{stream}}"), get(sessions::stream))
            .route(&format!("{session}/stream/{{stream}}/mute"), post(sessions::mute_stream))
            .route(&format!("{session}/mute"), post(sessions::mute_all))
            .route(&format!("{session}/connection"), get(sessions::connections))
            .route(&format!("{session}/connection/{{connection}}"), delete(sessions::disconnect))
            .route(&format!("{session}/connection/{{connection}}/signal"), post(sessions::signal_one))
            .route(&format!("{session}/signal"), post(sessions::signal_all))
            .route(&format!("{project}/{{*other}}"), any(sessions::not_here))
    })
}
