//! Which request goes where.

use axum::Router;
use axum::routing::{any, delete, get, post};

use super::{create, sessions};
use crate::platform::running::Platform;

/// Where the API is found: at the root, and below the hosts of the cloud's.
const BASES: [&str; 3] = ["", "/api.opentok.com", "/video.api.vonage.com"];

/// The routes.
pub(in crate::platform) fn routes() -> Router<Platform> {
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
