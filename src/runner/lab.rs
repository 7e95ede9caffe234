//! What the cases of a run share: the listener, the page's files, the browser, the SDK builds.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::browser::{Browser, BrowserError, LaunchOptions};
use crate::page::PageServer;
use crate::path::{HttpPath, HttpPathError};
use crate::scenario::SdkSpec;
use crate::sdk::Sdk;

/// What the cases of a run share. Dropped, all of it ends.
pub struct Lab {
    pub(super) http: HttpPath,
    pub(super) browser: Browser,
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
        let browser = Browser::launch(launch).await?;
        Ok(Self { http, browser, sdks })
    }

    /// The browser's version.
    pub fn browser_version(&self) -> &str {
        self.browser.version()
    }

    /// Ends the browser and waits until nothing of it is left.
    pub async fn close(self) {
        self.browser.close().await;
    }

    /// The SDK build of a case, and its URL.
    pub(super) fn sdk(&self, spec: &SdkSpec) -> Option<(&Sdk, String)> {
        self.sdks.get(spec).map(|(sdk, path)| (sdk, format!("{}{path}", self.http.origin())))
    }
}
