//! What the cases of a run share: the listener, the page's files, the browser, the SDK builds.

use std::collections::HashMap;
use std::net::SocketAddr;

use tokio::sync::Mutex;

use crate::browser::{Browser, BrowserError, ContextOptions, LaunchOptions, Page};
use crate::page::PageServer;
use crate::path::{HttpPath, HttpPathError};
use crate::scenario::SdkSpec;
use crate::sdk::Sdk;

/// What the cases of a run share. Dropped, all of it ends.
pub struct Lab {
    pub(super) http: HttpPath,
    /// Shared by all cases; another one takes its place when it dies.
    browser: Mutex<Browser>,
    launch: LaunchOptions,
    sdks: HashMap<SdkSpec, (Sdk, String)>,
}

/// Why there is no lab.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// No listener.
    #[error(transparent)]
    Listen(#[from] HttpPathError),
    /// No browser.
    #[error(transparent)]
    Browser(#[from] BrowserError),
}

impl Lab {
    /// Listens, serves the page and the SDK builds, and launches the browser.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on, or no browser starts.
    pub async fn open(
        listen: SocketAddr,
        sdks: HashMap<SdkSpec, Sdk>,
        launch: LaunchOptions,
    ) -> Result<Self, LabError> {
        let pages = PageServer::new();
        let sdks = sdks
            .into_iter()
            .map(|(spec, sdk)| {
                let path = pages.add_bundle(&sdk.bundle_path);
                (spec, (sdk, path))
            })
            .collect();
        let http = HttpPath::listen(listen, pages.router()).await?;
        let browser = Mutex::new(Browser::launch(launch.clone()).await?);
        Ok(Self { http, browser, launch, sdks })
    }

    /// The browser's version.
    pub fn browser_version(&self) -> &str {
        &self.launch.version
    }

    /// Ends the browser and waits until nothing of it is left.
    pub async fn close(self) {
        self.browser.into_inner().close().await;
    }

    /// A page of its own for a case. A browser that died is replaced first: its death was another case's.
    pub(super) async fn new_page(&self, options: ContextOptions) -> Result<Page, BrowserError> {
        let mut browser = self.browser.lock().await;
        if browser.is_gone() {
            *browser = Browser::launch(self.launch.clone()).await?;
        }
        browser.new_page(options).await
    }

    /// The SDK build of a case, and its URL.
    pub(super) fn sdk(&self, spec: &SdkSpec) -> Option<(&Sdk, String)> {
        self.sdks.get(spec).map(|(sdk, path)| (sdk, format!("{}{path}", self.http.origin())))
    }
}
