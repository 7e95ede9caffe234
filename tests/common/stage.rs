//! A browser, a platform and a page with OpenTok.js in it, for tests of the parts below the program.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use precall::browser::{Browser, BrowserEvent, ContextOptions, LaunchOptions, Page, find};
use precall::credentials::{Project, Role, Token, TokenClaims};
use precall::network::NetworkConfig;
use precall::page::{BINDING, HARNESS_PATH, PageServer};
use precall::path::{HttpPath, MediaPath, Mount};
use precall::platform::Platform;
use precall::scenario::SdkSpec;
use precall::sdk::{Npm, Resolver, cache_directory};

/// Everything that a page needs to publish; gone when it is closed.
pub struct Stage {
    pub browser: Browser,
    pub page: Page,
    pub platform: Platform,
    mount: Mount,
    token: Token,
    bundle: String,
    _http: HttpPath,
    _path: MediaPath,
}

impl Stage {
    /// The harness page, loaded, with nothing run in it yet.
    pub async fn open() -> Self {
        let browser = browser(Vec::new()).await;
        let resolver = Resolver { cache: cache_directory(), npm: Npm::default() };
        let sdk = resolver.sdk(&SdkSpec::default()).await.expect("OpenTok.js");
        let pages = PageServer::new();
        let bundle = pages.add_bundle(&sdk.bundle_path);
        let http = HttpPath::listen(any_port(), pages.router()).await.expect("a listener");
        let (path, port) = MediaPath::open(&NetworkConfig::default(), 1).await.expect("a path");
        let (platform, _events) = Platform::start(Project::generate(), port);
        let mount = http.mount("stage", platform.router());
        let now = u64::try_from(jiff::Timestamp::now().as_second()).expect("after 1970");
        let token = TokenClaims::new(platform.session_id(), Role::Publisher, now, 3600).sign(platform.project());
        let mut page = page(&browser, http.origin()).await;
        page.goto(&format!("{}{HARNESS_PATH}", http.origin())).await.expect("the harness");
        assert_eq!(payload(&mut page, Duration::from_secs(30)).await["type"], "loaded");
        Self { browser, page, platform, mount, token, bundle, _http: http, _path: path }
    }

    /// Runs the body of an async function in the page. `BUNDLE`, `PROXY`, `KEY`, `SESSION` and `TOKEN` in it are texts.
    pub async fn run(&self, body: &str) {
        let quoted = |text: &str| serde_json::to_string(text).expect("JSON");
        let body = body
            .replace("BUNDLE", &quoted(&self.bundle))
            .replace("PROXY", &quoted(self.mount.base_url()))
            .replace("KEY", &quoted(&self.platform.project().api_key))
            .replace("SESSION", &quoted(self.platform.session_id().as_str()))
            .replace("TOKEN", &quoted(self.token.expose()));
        self.page.evaluate(&format!("void (async () => {{ {body} }})()")).await.expect("the script runs");
    }

    /// The next text that the page sends.
    pub async fn payload(&mut self, limit: Duration) -> serde_json::Value {
        payload(&mut self.page, limit).await
    }

    pub async fn close(self) {
        self.page.close().await;
        self.platform.stop();
        self.browser.close().await;
    }
}

pub async fn browser(extra_arguments: Vec<String>) -> Browser {
    let chrome = find(None, &cache_directory()).expect("a browser; run `precall browser install`");
    let options = LaunchOptions {
        chrome: chrome.path,
        version: chrome.version,
        camera_frame_rate: 30,
        supervisor: Some(PathBuf::from(env!("CARGO_BIN_EXE_precall"))),
        extra_arguments,
    };
    Browser::launch(options).await.expect("it starts")
}

pub async fn page(browser: &Browser, origin: String) -> Page {
    let options = ContextOptions { origin, camera: true, microphone: true };
    let page = browser.new_page(options).await.expect("a page");
    page.add_binding(BINDING).await.expect("a binding");
    page
}

pub async fn payload(page: &mut Page, limit: Duration) -> serde_json::Value {
    let next = async {
        loop {
            match page.next_event().await {
                BrowserEvent::Binding { payload } => return serde_json::from_str(&payload).expect("JSON"),
                BrowserEvent::Exception { text } | BrowserEvent::Crashed { reason: text } => panic!("{text}"),
                BrowserEvent::Console { .. } => {}
            }
        }
    };
    tokio::time::timeout(limit, next).await.expect("the page answers")
}

pub fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}
