//! Faults of the legs that are reached by HTTP.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::cut::Cut;
use crate::Platform;
use precall_netem::fault::{Action, Service};

/// Lets a request through, or does what its leg's fault says instead.
pub(crate) async fn apply(State(platform): State<Platform>, request: Request, next: Next) -> Response {
    let action = leg(request.uri().path()).and_then(|leg| platform.fault(leg));
    match action {
        None | Some(Action::Block | Action::Disconnect | Action::Unpublish) => next.run(request).await,
        Some(Action::Reset) => {
            if let Some(ConnectInfo(cut)) = request.extensions().get::<ConnectInfo<Cut>>() {
                cut.cut();
            }
            // Never seen where the connection is cut.
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

/// The leg that a path below a platform's base belongs to.
pub fn leg(path: &str) -> Option<Service> {
    let (host, rest) = path.trim_start_matches('/').split_once('/')?;
    match host {
        "config.opentok.com" => Some(Service::Config),
        "anvil.opentok.com" => Some(Service::Api),
        "hlg.tokbox.com" => Some(Service::Logging),
        _ => rest.ends_with("/rumorwebsocketsv2").then_some(Service::Messaging),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_leg() {
        assert_eq!(leg("/config.opentok.com/project/1/config.json"), Some(Service::Config));
        assert_eq!(leg("/anvil.opentok.com/session/1_x"), Some(Service::Api));
        assert_eq!(leg("/messaging.precall.test/1_x/rumorwebsocketsv2"), Some(Service::Messaging));
        assert_eq!(leg("/hlg.tokbox.com/prod/logging/ClientEvent"), Some(Service::Logging));
        assert_eq!(leg("/elsewhere/x"), None);
    }
}
