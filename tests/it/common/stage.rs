//! A local platform, and a browser with a page on it, for tests of the crates below the program.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use precall::page::{BINDING, HARNESS_PATH};
use precall::sdk::{Npm, Resolver, Sdk, cache_directory};
use precall_browser::{
    BrowserEvent, BrowserKind, Chrome, ChromePage, ContextOptions, FakeDevices, LaunchOptions, locate_chrome,
};
use precall_netem::NetworkConfig;
use precall_platform::credentials::{Project, Role, SessionId, Token};
use precall_platform::transport::{AllowedClients, HttpListener};
use precall_platform::{LocalPlatform, LocalPlatformBuilder, MediaOptions, SessionOptions};
use precall_scenario::SdkSpec;
use serde_json::{Value, json};

use super::pages;

/// The prerequisites of a page that publishes, in any browser: a platform, OpenTok.js, and a token.
pub struct PageSetup {
    pub http: HttpListener,
    pub platform: LocalPlatform,
    /// The URL that the SDK uses as its IP proxy.
    pub proxy_url: String,
    pub project: Project,
    pub session_id: SessionId,
    pub token: Token,
    /// The path of OpenTok.js below the listener's origin.
    pub bundle: String,
}

impl PageSetup {
    pub async fn open() -> Self {
        Self::open_on(newest_opentok_js().await, Ipv4Addr::LOCALHOST).await
    }

    /// Opens a setup with media on another address of this host.
    pub async fn open_on(sdk: Sdk, host: Ipv4Addr) -> Self {
        Self::open_with(sdk, LocalPlatform::builder().media(on_host(host))).await
    }

    /// Opens a setup for the test's own project.
    pub async fn open_for(sdk: Sdk, project: Project) -> Self {
        Self::open_with(sdk, LocalPlatform::builder().project(project)).await
    }

    /// Opens a setup with this network between the browser and the media router.
    pub async fn open_through(network: &NetworkConfig, sdk: Sdk) -> Self {
        Self::open_with(sdk, LocalPlatform::builder().media_network(network, 1)).await
    }

    /// Opens a setup with the test's own platform.
    pub async fn open_with(sdk: Sdk, builder: LocalPlatformBuilder) -> Self {
        let pages = pages::server();
        let bundle = pages.add_bundle(&sdk.bundle_path);
        let http = HttpListener::listen(any_port(), pages.router()).await.expect("a listener");
        let allowed = AllowedClients { origins: vec![http.origin()], ..AllowedClients::default() };
        let platform = builder.allow(allowed).start().await.expect("a platform");
        let (proxy_url, project) = (platform.url(), platform.project().clone());
        let session_id = platform.session(SessionOptions::default());
        let token = platform.token(&session_id, Role::Publisher).expect("signed");
        Self { http, platform, proxy_url, project, session_id, token, bundle }
    }

    /// Returns the URL of the harness page.
    pub fn harness(&self) -> String {
        format!("{}{HARNESS_PATH}", self.http.origin())
    }

    /// Returns the expression that calls a function of a program in `tests/pages`. Its variables are what a client of
    /// this platform needs, and `more`. Values in `more` take precedence.
    pub fn call(&self, program: &str, function: &str, more: Value) -> String {
        let mut variables = json!({
            "bundle": self.bundle,
            "proxyUrl": self.proxy_url,
            "apiKey": self.project.api_key,
            "sessionId": self.session_id.as_str(),
            "token": self.token.expose(),
        });
        let Value::Object(more) = more else { panic!("the variables are an object: {more}") };
        variables.as_object_mut().expect("an object").extend(more);
        pages::call(program, function, &variables)
    }
}

fn on_host(host: Ipv4Addr) -> MediaOptions {
    MediaOptions { host: Some(host.into()), ..MediaOptions::default() }
}

pub async fn newest_opentok_js() -> Sdk {
    let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
    resolver.sdk(&SdkSpec::default()).await.expect("OpenTok.js")
}

/// Writes the unmodified newest release with a wrapper after it into a directory, and returns its path.
pub fn wrapped_opentok_js(directory: &Path, name: &str, wrapper: &str) -> PathBuf {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let newest = runtime.block_on(newest_opentok_js());
    let mut bundle = std::fs::read(newest.bundle_path).expect("OpenTok.js");
    bundle.extend_from_slice(wrapper.as_bytes());
    let path = directory.join(name);
    std::fs::write(&path, bundle).expect("written");
    path
}

/// Chrome with a page of a setup.
pub struct Stage {
    pub browser: Chrome,
    pub page: ChromePage,
    pub setup: PageSetup,
}

impl Stage {
    /// Opens the harness page without running a program in it.
    pub async fn open() -> Self {
        Self::open_with(PageSetup::open().await).await
    }

    /// Opens the harness page with the test's own setup.
    pub async fn open_with(setup: PageSetup) -> Self {
        let browser = browser(Vec::new()).await;
        let mut page = page(&browser, setup.http.origin()).await;
        page.goto(&setup.harness()).await.expect("the harness");
        assert_eq!(payload(&mut page, Duration::from_secs(30)).await["type"], "loaded");
        Self { browser, page, setup }
    }

    /// Calls a function of a program in `tests/pages`, as [`PageSetup::call`] says, without waiting for its result.
    pub async fn call(&self, program: &str, function: &str, more: Value) {
        self.page.evaluate(&self.setup.call(program, function, more)).await.expect("the script runs");
    }

    /// Returns the next text that the page sends.
    pub async fn payload(&mut self, limit: Duration) -> Value {
        payload(&mut self.page, limit).await
    }

    pub async fn close(self) {
        self.page.close().await;
        self.browser.close().await;
    }
}

pub async fn browser(extra_arguments: Vec<String>) -> Chrome {
    browser_with(FakeDevices::default(), extra_arguments).await
}

/// Opens Chrome with these devices.
pub async fn browser_with(devices: FakeDevices, extra_arguments: Vec<String>) -> Chrome {
    let chrome = locate_chrome(None, &cache_directory()).expect("a browser; run `precall browser install`");
    let options = LaunchOptions {
        devices,
        supervisor: Some(PathBuf::from(env!("CARGO_BIN_EXE_precall"))),
        extra_arguments,
        ..LaunchOptions::new(BrowserKind::Chrome, chrome)
    };
    Chrome::launch(options).await.expect("it starts")
}

pub async fn page(browser: &Chrome, origin: String) -> ChromePage {
    let options = ContextOptions { origin, camera: true, microphone: true, proxy: None };
    let page = browser.new_page(options).await.expect("a page");
    page.add_binding(BINDING).await.expect("a binding");
    page
}

pub async fn payload(page: &mut ChromePage, limit: Duration) -> Value {
    let next = async {
        loop {
            match page.next_event().await {
                BrowserEvent::Binding { payload } => return serde_json::from_str(&payload).expect("JSON"),
                BrowserEvent::Exception { text } | BrowserEvent::Crashed { reason: text } => panic!("{text}"),
                BrowserEvent::Console { .. } | BrowserEvent::Navigated { .. } => {}
                end @ (BrowserEvent::Closed | BrowserEvent::TooLong { .. }) => panic!("{end:?}"),
            }
        }
    };
    tokio::time::timeout(limit, next).await.expect("the page answers")
}

pub fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}
