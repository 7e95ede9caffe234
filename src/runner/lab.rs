//! What the cases of a run share: the listener, the page's files, the browser, the SDK builds.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::SocketAddr;

use super::browsers::Browsers;
use crate::browser::{BrowserError, LaunchOptions};
use crate::cloud::Accounts;
use crate::page::{NETWORK_TEST_PATH, PageServer};
use crate::path::{HttpPath, HttpPathError, IdentityError, TlsIdentity};
use crate::platform::HOSTS;
use crate::scenario::{ModuleSpec, SdkSpec};
use crate::sdk::{NetworkTestModule, Sdk};

/// What the cases of a run share. Dropped, all of it ends.
pub struct Lab {
    pub(super) http: HttpPath,
    pub(super) browsers: Browsers,
    sdks: HashMap<SdkSpec, (Sdk, String)>,
    modules: HashMap<ModuleSpec, (NetworkTestModule, String)>,
    pub(super) accounts: Accounts,
    /// Who the embedded platform is by HTTPS; the browsers trust it.
    pub(super) identity: TlsIdentity,
}

/// The builds that the cases of a run need.
#[derive(Debug, Clone, Default)]
pub struct Builds {
    /// OpenTok.js.
    pub sdks: HashMap<SdkSpec, Sdk>,
    /// Network-test modules.
    pub modules: HashMap<ModuleSpec, NetworkTestModule>,
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
    /// No certificate.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl Lab {
    /// Listens, serves the page and the builds, and launches the browser.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on, or no browser starts.
    pub async fn open(
        listen: SocketAddr,
        builds: Builds,
        accounts: Accounts,
        mut launch: LaunchOptions,
    ) -> Result<Self, LabError> {
        let pages = PageServer::new();
        let sdk_path = |sdk: &Sdk| pages.add_bundle(&sdk.bundle_path);
        let sdks = with_paths(builds.sdks, sdk_path);
        let modules = with_paths(builds.modules, |module| match &module.files {
            Some(files) => pages.add_module(&files.directory, &files.entry),
            None => NETWORK_TEST_PATH.to_owned(),
        });
        let http = HttpPath::listen(listen, pages.router()).await?;
        let identity = TlsIdentity::generate(&HOSTS)?;
        launch.trust(identity.key_digest());
        let browsers = Browsers::open(launch).await?;
        Ok(Self { http, browsers, sdks, modules, accounts, identity })
    }

    /// The browser's version.
    pub fn browser_version(&self) -> &str {
        self.browsers.version()
    }

    /// Ends the browsers and waits until nothing of them is left.
    pub async fn close(self) {
        self.browsers.close().await;
    }

    /// The SDK build of a case, and its URL.
    pub(super) fn sdk(&self, spec: &SdkSpec) -> Option<(&Sdk, String)> {
        self.sdks.get(spec).map(|(sdk, path)| (sdk, format!("{}{path}", self.http.origin())))
    }

    /// The network-test module of a case, and its URL.
    pub(super) fn module(&self, spec: &ModuleSpec) -> Option<(&NetworkTestModule, String)> {
        self.modules.get(spec).map(|(module, path)| (module, format!("{}{path}", self.http.origin())))
    }
}

/// Each build with the path that it is served at.
fn with_paths<K: Eq + Hash, B>(builds: HashMap<K, B>, path: impl Fn(&B) -> String) -> HashMap<K, (B, String)> {
    let pair = |(spec, build)| {
        let path = path(&build);
        (spec, (build, path))
    };
    builds.into_iter().map(pair).collect()
}
