//! Faults of the services that clients reach by HTTP.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::http_service::http_service;
use crate::handle::PlatformHandle;
use crate::transport::ResetHandle;
use precall_netem::fault::Action;

/// Passes a request on, or carries out the fault of its service.
pub(crate) async fn apply(State(platform): State<PlatformHandle>, request: Request, next: Next) -> Response {
    let action = http_service(request.uri().path()).and_then(|service| platform.fault(service));
    match action {
        None | Some(Action::Block | Action::Disconnect | Action::Unpublish) => next.run(request).await,
        Some(Action::Reset) => {
            if let Some(ConnectInfo(connection)) = request.extensions().get::<ConnectInfo<ResetHandle>>() {
                connection.reset();
            }
            // Clients see it only on a listener that cannot reset connections.
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        // Ends when the client gives up and closes its connection.
        Some(Action::Hang) => std::future::pending().await,
        Some(Action::Status(code)) => {
            StatusCode::from_u16(code).unwrap_or(StatusCode::SERVICE_UNAVAILABLE).into_response()
        }
        Some(Action::Delay(time)) => {
            tokio::time::sleep(time).await;
            next.run(request).await
        }
    }
}
