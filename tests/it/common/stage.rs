//! A platform, and a browser with a page on it, for tests of the parts below the program.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use precall::page::{BINDING, HARNESS_PATH};
use precall::sdk::{Npm, Resolver, Sdk, cache_directory};
use precall_browser::{BrowserEvent, Chrome, ChromePage, ContextOptions, FakeDevices, LaunchOptions, locate_chrome};
use precall_netem::NetworkConfig;
use precall_platform::credentials::{Project, Role, SessionId, Token, TokenClaims};
use precall_platform::path::{HttpPath, MediaPath, SignallingPath};
use precall_platform::{Platform, SessionOptions};
use precall_scenario::SdkSpec;
use serde_json::{Value, json};

use super::pages;

/// What a page needs to publish, whatever browser it is in: a platform, a path to it, OpenTok.js, and a token.
pub struct Ground {
    pub http: HttpPath,
    pub platform: Platform,
    /// What stands for an IP proxy.
    pub proxy_url: String,
    pub project: Project,
    pub session_id: SessionId,
    pub token: Token,
    /// The path of OpenTok.js below the listener's origin.
    pub bundle: String,
    pub path: MediaPath,
    _signalling: SignallingPath,
}

impl Ground {
    pub async fn open() -> Self {
        Self::open_on(newest_opentok_js().await, Ipv4Addr::LOCALHOST).await
    }

    /// With media on another address of this host.
    pub async fn open_on(sdk: Sdk, host: Ipv4Addr) -> Self {
        Self::open_for(sdk, host, vec![Project::generate()]).await
    }

    /// With these projects; the session and the token are the first one's.
    pub async fn open_for(sdk: Sdk, host: Ipv4Addr, projects: Vec<Project>) -> Self {
        Self::open_through(&NetworkConfig::default(), sdk, host, projects).await
    }

    /// With media that goes through this network.
    pub async fn open_through(network: &NetworkConfig, sdk: Sdk, host: Ipv4Addr, projects: Vec<Project>) -> Self {
        let pages = pages::server();
        let bundle = pages.add_bundle(&sdk.bundle_path);
        let http = HttpPath::listen(any_port(), pages.router()).await.expect("a listener");
        let (path, port) = MediaPath::open_on(host.into(), network, 1).await.expect("a path");
        let project = projects[0].clone();
        let (platform, _events) = Platform::start(projects, port);
        let session_id = platform.create_session(&project, SessionOptions::default());
        let untouched = NetworkConfig::default();
        let signalling =
            SignallingPath::open(Ipv4Addr::LOCALHOST.into(), &untouched, 1, platform.router(), &http.origin())
                .await
                .expect("a path");
        let proxy_url = signalling.base_url();
        let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
        let claims = TokenClaims::new(&session_id, Role::Publisher, now, 3600);
        let token = claims.sign(&project).expect("signed");
        Self { http, platform, proxy_url, project, session_id, token, bundle, path, _signalling: signalling }
    }

    /// The URL of the harness page.
    pub fn harness(&self) -> String {
        format!("{}{HARNESS_PATH}", self.http.origin())
    }

    /// The expression that calls a function of a program in `tests/pages`. Its variables are what a client of this
    /// platform needs, and `more`. Values in `more` take precedence.
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

pub async fn newest_opentok_js() -> Sdk {
    let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
    resolver.sdk(&SdkSpec::default()).await.expect("OpenTok.js")
}

/// Chrome on that ground, with a page.
pub struct Stage {
    pub browser: Chrome,
    pub page: ChromePage,
    pub ground: Ground,
}

impl Stage {
    /// The harness page, loaded, with nothing run in it yet.
    pub async fn open() -> Self {
        Self::open_with(Ground::open().await).await
    }

    /// The same on a ground of the test's own.
    pub async fn open_with(ground: Ground) -> Self {
        let browser = browser(Vec::new()).await;
        let mut page = page(&browser, ground.http.origin()).await;
        page.goto(&ground.harness()).await.expect("the harness");
        assert_eq!(payload(&mut page, Duration::from_secs(30)).await["type"], "loaded");
        Self { browser, page, ground }
    }

    /// Calls a function of a program in `tests/pages`, as `Ground::call` says; does not wait for it.
    pub async fn call(&self, program: &str, function: &str, more: Value) {
        self.page.evaluate(&self.ground.call(program, function, more)).await.expect("the script runs");
    }

    /// The next text that the page sends.
    pub async fn payload(&mut self, limit: Duration) -> Value {
        payload(&mut self.page, limit).await
    }

    pub async fn close(self) {
        self.page.close().await;
        self.ground.platform.stop();
        self.browser.close().await;
    }
}

pub async fn browser(extra_arguments: Vec<String>) -> Chrome {
    browser_with(FakeDevices::default(), extra_arguments).await
}

/// With these devices.
pub async fn browser_with(devices: FakeDevices, extra_arguments: Vec<String>) -> Chrome {
    let chrome = locate_chrome(None, &cache_directory()).expect("a browser; run `precall browser install`");
    let options = LaunchOptions {
        chrome: chrome.path,
        version: chrome.version,
        devices,
        supervisor: Some(PathBuf::from(env!("CARGO_BIN_EXE_precall"))),
        extra_arguments,
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
