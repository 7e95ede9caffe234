//! The routes of the REST API.

use axum::Router;
use axum::routing::{delete, get, post};

use super::{create, not_provided, sessions};
use crate::handle::PlatformHandle;

/// Where the API is found: at the root, and below the hosts of the cloud's.
const BASES: [&str; 3] = ["", "/api.opentok.com", "/video.api.vonage.com"];

/// Returns the routes.
pub(crate) fn routes() -> Router<PlatformHandle> {
    BASES.into_iter().fold(Router::new(), |router, base| {
        let session = format!("{base}/v2/project/{{project}}/session/{{session}}");
        router
            .route(&format!("{base}/session/create"), post(create::create))
            // The path of the first server SDKs.
            .route(&format!("{base}/hl/session/create"), post(create::create))
            .route(&format!("{session}/stream"), get(sessions::streams).put(sessions::set_layout_classes))
            .route(&format!("{session}/stream/{{stream}}"), get(sessions::stream).put(sessions::update_stream))
            .route(&format!("{session}/stream/{{stream}}/mute"), post(sessions::mute_stream))
            .route(&format!("{session}/mute"), post(sessions::mute_all))
            .route(&format!("{session}/connection"), get(sessions::connections))
            .route(&format!("{session}/connection/{{connection}}"), delete(sessions::disconnect))
            .route(&format!("{session}/connection/{{connection}}/signal"), post(sessions::signal))
            .route(&format!("{session}/signal"), post(sessions::signal))
            .merge(not_provided::routes(base))
    })
}
