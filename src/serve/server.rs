//! The server of the pages.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::access::{AccessToken, behind};
use super::collect::{Collection, collector};
use super::control::RunControl;
use super::line_test::LineTests;
use super::pages::Pages;
use super::{controls, live, pages, reports};
use crate::job::JobError;
use crate::page::LINE_TEST_PATH;
use precall_platform::transport::{AllowedClients, HttpListener};
use precall_scenario::SdkSpec;

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct ServeRequest {
    /// The directory with the directories of the runs.
    pub runs: PathBuf,
    /// The address to listen on; port 0 takes a free one. On other interfaces than the loopback interface, the pages
    /// need a token.
    pub listen: SocketAddr,
    /// Other names by which browsers call this server, as `Host` has them.
    pub allow_hosts: Vec<String>,
    /// Origins of the pages where they differ from `http://` and the name, as behind a server that speaks HTTPS.
    pub allow_origins: Vec<String>,
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
        Self {
            runs,
            listen,
            allow_hosts: Vec::new(),
            allow_origins: Vec::new(),
            scenarios: None,
            sdk: SdkSpec::default(),
            collect: None,
        }
    }
}

/// A server of pages on runs. Dropped, it ends.
pub struct RunServer {
    listener: HttpListener,
    /// Absent where everybody who reaches the server may use the pages.
    token: Option<AccessToken>,
}

impl RunServer {
    /// Starts a server.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on, or the token of the environment could be guessed.
    pub async fn start(request: &ServeRequest) -> Result<Self, JobError> {
        let given = AccessToken::of_environment()?;
        let token = given.or_else(|| (!request.listen.ip().is_loopback()).then(AccessToken::generate));
        let control = request.scenarios.clone().map(|scenarios| RunControl::new(request.runs.clone(), scenarios));
        let pages = Arc::new(Pages {
            runs: request.runs.clone(),
            control: control.map(Arc::new),
            collects: request.collect.is_some(),
        });
        let tests = Arc::new(LineTests::new(request.sdk.clone(), request.collect.is_some()));
        let collection = request.collect.clone().map(|directory| Arc::new(Collection::new(directory, token.is_some())));
        let router = Router::new()
            .route("/", get(pages::runs))
            .route("/trend", get(pages::trend))
            .route("/flaky", get(pages::flaky))
            .route("/compare", get(pages::compared))
            .route("/runs/{run}", get(pages::run))
            .route("/runs/{run}/calibration", get(pages::calibration))
            .route("/runs/{run}/live", get(live::events))
            .route("/runs/{run}/cases/{case}/{file}", get(pages::lines))
            .merge(controls::router())
            .with_state(pages)
            .merge(tests.clone().router())
            .merge(collection.clone().map(reports::router).unwrap_or_default());
        let router = match token.clone() {
            Some(token) => behind(token, router),
            None => router,
        };
        // People who send a report have an invitation instead of the token.
        let router = router.merge(collection.map(collector).unwrap_or_default());
        let allowed = AllowedClients {
            origins: request.allow_origins.clone(),
            hosts: request.allow_hosts.clone(),
            ..AllowedClients::default()
        };
        let listener = HttpListener::listen_for(request.listen, router, &allowed).await?;
        // People may write either name of this host.
        let port = listener.address().port();
        let own = [listener.origin(), format!("http://localhost:{port}")];
        tests.set_origins(own.into_iter().chain(allowed.origins).collect());
        Ok(Self { listener, token })
    }

    /// Returns the address of the page on which a person tests their own line.
    pub fn line_test_url(&self) -> String {
        format!("{}{LINE_TEST_PATH}{}", self.listener.origin(), self.query())
    }

    /// Returns the address of the page of a run in this directory.
    pub fn run_url(&self, run: &Path) -> String {
        let name = run.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = utf8_percent_encode(&name, NON_ALPHANUMERIC);
        format!("{}/runs/{name}{}", self.listener.origin(), self.query())
    }

    /// Returns the address of the first page.
    pub fn url(&self) -> String {
        format!("{}/{}", self.listener.origin(), self.query())
    }

    /// Returns what lets a person in, as the end of an address; empty without a token.
    fn query(&self) -> String {
        self.token.as_ref().map(AccessToken::query).unwrap_or_default()
    }

    /// Waits until the server ends without having been stopped.
    pub async fn ended(&self) {
        let _ = self.listener.ended().await;
    }
}

#[cfg(test)]
mod tests;
