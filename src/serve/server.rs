//! The server of the pages.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::{live, pages};
use crate::job::JobError;
use precall_platform::transport::HttpListener;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct ServeRequest {
    /// The directory with the directories of the runs.
    pub runs: PathBuf,
    /// The loopback address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
}

/// A server of pages on runs. Dropped, it ends.
pub struct RunServer {
    listener: HttpListener,
}

impl RunServer {
    /// Starts a server.
    ///
    /// # Errors
    ///
    /// When the address is not on the loopback interface, or cannot be listened on.
    pub async fn start(request: &ServeRequest) -> Result<Self, JobError> {
        if !request.listen.ip().is_loopback() {
            return Err(JobError::PagesNotLoopback(request.listen));
        }
        let runs: Arc<PathBuf> = Arc::new(request.runs.clone());
        let router = Router::new()
            .route("/", get(pages::runs))
            .route("/trend", get(pages::trend))
            .route("/runs/{run}", get(pages::run))
            .route("/runs/{run}/live", get(live::events))
            .with_state(runs);
        Ok(Self { listener: HttpListener::listen(request.listen, router).await? })
    }

    /// Returns the address of the first page.
    pub fn url(&self) -> String {
        format!("{}/", self.listener.origin())
    }

    /// Waits until the server ends without having been stopped.
    pub async fn ended(&self) {
        let _ = self.listener.ended().await;
    }
}

#[cfg(test)]
mod tests;
