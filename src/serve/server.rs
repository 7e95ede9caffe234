//! The server of the pages.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::collect::collector;
use super::line_test::LineTests;
use super::{live, pages};
use crate::job::JobError;
use crate::page::LINE_TEST_PATH;
use precall_platform::transport::HttpListener;
use precall_scenario::SdkSpec;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct ServeRequest {
    /// The directory with the directories of the runs.
    pub runs: PathBuf,
    /// The loopback address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The build of OpenTok.js of the page on which a person tests their own line.
    pub sdk: SdkSpec,
    /// The directory for reports that people send; `None` to take none.
    pub collect: Option<PathBuf>,
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
        let tests = Arc::new(LineTests::new(request.sdk.clone(), request.collect.is_some()));
        let router = Router::new()
            .route("/", get(pages::runs))
            .route("/trend", get(pages::trend))
            .route("/runs/{run}", get(pages::run))
            .route("/runs/{run}/live", get(live::events))
            .with_state(runs)
            .merge(tests.clone().router())
            .merge(request.collect.clone().map(collector).unwrap_or_default());
        let listener = HttpListener::listen(request.listen, router).await?;
        // People may write either name of this host.
        let port = listener.address().port();
        tests.set_origins(vec![listener.origin(), format!("http://localhost:{port}")]);
        Ok(Self { listener })
    }

    /// Returns the address of the page on which a person tests their own line.
    pub fn line_test_url(&self) -> String {
        format!("{}{LINE_TEST_PATH}", self.listener.origin())
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
