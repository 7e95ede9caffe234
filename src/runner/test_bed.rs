//! The test bed of a run: the listener, the page's files, the browsers, the builds.

use std::collections::HashMap;
use std::fs::File;
use std::hash::Hash;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::Router;

use super::browsers::{BrowserChoice, Browsers};
use super::case_error::CaseError;
use super::remote_browsers::RemoteBrowserError;
use crate::cloud::Accounts;
use crate::page::{NETWORK_TEST_PATH, PageServer};
use crate::sdk::{NetworkTestModule, Sdk};
use precall_browser::BrowserError;
use precall_platform::HOSTS;
use precall_platform::credentials::{Project, RsaKeyPair};
use precall_platform::transport::{HttpListener, IdentityError, ListenError, Tap, TlsIdentity};
use precall_scenario::{ModuleSpec, SdkSpec};

/// The resources that all cases of a run share. Dropping it ends all of them.
pub struct TestBed {
    pub(super) http: HttpListener,
    pub(super) browsers: Browsers,
    pages: PageServer,
    sdks: HashMap<SdkSpec, (Sdk, String)>,
    modules: HashMap<ModuleSpec, (NetworkTestModule, String)>,
    pub(super) accounts: Accounts,
    captures: OnceLock<CaptureFiles>,
    page_files: OnceLock<PageFiles>,
    /// Held by an application whose server is on a fixed port.
    pub(super) fixed_port: Arc<tokio::sync::Mutex<()>>,
    application: OnceLock<Project>,
    /// The certificate of the embedded platform for HTTPS, which the browsers trust.
    pub(super) identity: TlsIdentity,
}

/// Gives a file of a case, by the id of the case.
pub type CaptureFiles = Box<dyn Fn(&str) -> std::io::Result<File> + Send + Sync>;

/// Gives a file about the page of a case, by the id of the case and the name of the file.
pub type PageFiles = Box<dyn Fn(&str, &str) -> std::io::Result<File> + Send + Sync>;

/// The file with a picture of a case's page.
pub(super) const SCREENSHOT: &str = "screenshot.png";

/// The file with the accessibility tree of a case's page.
pub(super) const ACCESSIBILITY_TREE: &str = "accessibility.txt";

/// The hosts from which pages load OpenTok.js without a package.
const SDK_HOSTS: [&str; 2] = ["static.opentok.com", "video.standard.vonage.com"];

/// The builds that the cases of a run need.
#[derive(Debug, Clone, Default)]
pub struct Builds {
    /// The builds of OpenTok.js.
    pub sdks: HashMap<SdkSpec, Sdk>,
    /// The builds of network-test modules.
    pub modules: HashMap<ModuleSpec, NetworkTestModule>,
}

/// Why the cases have nothing to run on.
#[derive(Debug, thiserror::Error)]
pub enum TestBedError {
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A browser is missing, does not start, or cannot be used.
    #[error(transparent)]
    Browser(BrowserError),
    /// A remote browser does not reach this host.
    #[error(transparent)]
    PageUnreachable(BrowserError),
    /// The certificate of the embedded platform cannot be made.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl From<RemoteBrowserError> for TestBedError {
    fn from(error: RemoteBrowserError) -> Self {
        match error {
            RemoteBrowserError::Browser(error) => Self::Browser(error),
            RemoteBrowserError::PageUnreachable(error) => Self::PageUnreachable(error),
        }
    }
}

impl TestBed {
    /// Listens, serves the page and the builds, and launches a browser, or connects to the remote ones.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on, no browser starts, or a remote one cannot be used.
    pub async fn open(
        listen: SocketAddr,
        builds: Builds,
        accounts: Accounts,
        mut browsers: BrowserChoice,
    ) -> Result<Self, TestBedError> {
        let pages = PageServer::new();
        let sdk_path = |sdk: &Sdk| pages.add_bundle(&sdk.bundle_path);
        let sdks = with_paths(builds.sdks, sdk_path);
        let modules = with_paths(builds.modules, |module| match &module.files {
            Some(files) => pages.add_module(&files.directory, &files.entry),
            None => NETWORK_TEST_PATH.to_owned(),
        });
        let http = HttpListener::listen(listen, pages.router()).await?;
        let identity = TlsIdentity::generate(&HOSTS)?;
        browsers.trust(identity.key_digest());
        let browsers = Browsers::open(browsers, &http.origin()).await?;
        Ok(Self {
            pages,
            http,
            browsers,
            sdks,
            modules,
            accounts,
            captures: OnceLock::new(),
            page_files: OnceLock::new(),
            fixed_port: Arc::default(),
            application: OnceLock::new(),
            identity,
        })
    }

    /// Captures the packets of all cases from now on.
    pub fn capture(&self, files: CaptureFiles) {
        // A second call changes nothing: the first files stay.
        let _ = self.captures.set(files);
    }

    /// A capture of a case's packets, if they are captured.
    pub(super) fn tap(&self, case: &str) -> std::io::Result<Option<Tap>> {
        self.captures.get().map(|files| files(case).and_then(Tap::new)).transpose()
    }

    /// Keeps what the pages of cases that go wrong look like from now on.
    pub fn keep_pages(&self, files: PageFiles) {
        // As above.
        let _ = self.page_files.set(files);
    }

    /// Keeps a file about a case's page, if pages are kept.
    pub(super) fn keep_page(&self, case: &str, name: &str, content: &[u8]) {
        let kept = self.page_files.get().map(|files| files(case, name).and_then(|mut file| file.write_all(content)));
        if let Some(Err(error)) = kept {
            tracing::warn!(case, name, %error, "a file about the page is not kept");
        }
    }

    /// The browser's version.
    pub fn browser_version(&self) -> &str {
        self.browsers.version()
    }

    /// Ends the browsers and waits until nothing of them is left.
    pub async fn close(&self) {
        self.browsers.close().await;
    }

    /// The SDK build of a case, and its URL.
    pub(super) fn sdk(&self, spec: &SdkSpec) -> Option<(&Sdk, String)> {
        self.sdks.get(spec).map(|(sdk, path)| (sdk, format!("{}{path}", self.http.origin())))
    }

    /// The host at which pages of other origins find precall's files.
    pub(super) const FILES_HOST: &str = "files.precall.test";

    /// The path of a case's SDK build.
    pub(super) fn sdk_path(&self, spec: &SdkSpec) -> Option<&str> {
        self.sdks.get(spec).map(|(_, path)| path.as_str())
    }

    /// The hosts that pages of an application request from precall, and what they find there: the case's OpenTok.js
    /// where the published one would be, and precall's own files. `on_sdk` is called when a page requests OpenTok.js.
    pub(super) fn files_for_pages(
        &self,
        sdk: &SdkSpec,
        on_sdk: impl Fn() + Clone + Send + Sync + 'static,
    ) -> (Vec<String>, Router) {
        let hosts = SDK_HOSTS.into_iter().chain([Self::FILES_HOST]).map(str::to_owned).collect();
        (hosts, self.pages.for_other_origins(Self::FILES_HOST, self.sdk_path(sdk), &SDK_HOSTS, on_sdk))
    }

    /// The Vonage application that the servers of applications under test may use, made when it is first needed.
    pub(super) fn application(&self) -> Result<Project, CaseError> {
        if let Some(application) = self.application.get() {
            return Ok(application.clone());
        }
        let made =
            Project::vonage(uuid::Uuid::new_v4().to_string(), RsaKeyPair::generate().map_err(CaseError::platform)?);
        Ok(self.application.get_or_init(|| made).clone())
    }

    /// precall's own program.
    pub(super) fn program(&self) -> PathBuf {
        self.browsers.supervisor().or_else(|| std::env::current_exe().ok()).unwrap_or_else(|| "precall".into())
    }

    /// Serves a script of a scenario with all that lies beside it, and returns its path.
    pub(super) fn script(&self, path: &Path) -> String {
        let directory = path.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entry = Path::new(path.file_name().unwrap_or_default());
        self.pages.add_module(directory, entry)
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
