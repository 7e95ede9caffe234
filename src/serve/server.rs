//! The server of the pages.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::collect::collector;
use super::control::RunControl;
use super::line_test::LineTests;
use super::pages::Pages;
use super::{controls, live, pages};
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
    /// The directory with the scenarios that pages can run; `None` to start no runs.
    pub scenarios: Option<PathBuf>,
    /// The build of OpenTok.js of the page on which a person tests their own line.
    pub sdk: SdkSpec,
    /// The directory for reports that people send; `None` to take none.
    pub collect: Option<PathBuf>,
}

impl ServeRequest {
    /// Returns a request for pages that show these runs, on a free port, and start none.
    pub fn of_runs(runs: PathBuf) -> Self {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { runs, listen, scenarios: None, sdk: SdkSpec::default(), collect: None }
    }
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
        let control = request.scenarios.clone().map(|scenarios| RunControl::new(request.runs.clone(), scenarios));
        let pages = Arc::new(Pages { runs: request.runs.clone(), control: control.map(Arc::new) });
        let tests = Arc::new(LineTests::new(request.sdk.clone(), request.collect.is_some()));
        let router = Router::new()
            .route("/", get(pages::runs))
            .route("/trend", get(pages::trend))
            .route("/flaky", get(pages::flaky))
            .route("/compare", get(pages::compared))
            .route("/runs/{run}", get(pages::run))
            .route("/runs/{run}/live", get(live::events))
            .merge(controls::router())
            .with_state(pages)
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

    /// Returns the address of the page of a run in this directory.
    pub fn run_url(&self, run: &Path) -> String {
        let name = run.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        format!("{}runs/{}", self.url(), utf8_percent_encode(&name, NON_ALPHANUMERIC))
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
