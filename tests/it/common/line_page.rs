//! The page on which a person tests their own line, as another server hosts it, and a person who uses it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::{Json, Router, routing};
use precall::page::{BINDING, LINE_TEST_PATH, PageServer, line_test_files};
use precall::sdk::Sdk;
use precall_browser::FakeDevices;
use precall_platform::credentials::Role;
use precall_platform::transport::{AllowedClients, HttpListener};
use precall_platform::{LocalPlatform, LocalPlatformBuilder, SessionOptions};
use serde_json::{Value, json};

use super::pictures::keep_picture;
use super::stage::{any_port, newest_opentok_js};
use super::window::Window;

/// How the token endpoint of a page answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// With a session.
    Session,
    /// With a session and the platform's relays.
    SessionWithRelays,
    /// With a session, and a token that is no token.
    WrongToken,
    /// With a session, and an OpenTok.js that is not there.
    NoSdk,
    /// With an error.
    Broken,
}

/// A server that hosts the page, with a platform of its own.
pub struct LinePage {
    http: HttpListener,
    /// Held for its sockets.
    _platform: Arc<LocalPlatform>,
}

impl LinePage {
    /// Hosts the page with this platform behind it, and the newest OpenTok.js.
    pub async fn host(builder: LocalPlatformBuilder, endpoint: Endpoint) -> Self {
        Self::host_with(&newest_opentok_js().await, builder, endpoint).await
    }

    /// Hosts the page with this platform behind it.
    pub async fn host_with(sdk: &Sdk, builder: LocalPlatformBuilder, endpoint: Endpoint) -> Self {
        let pages = PageServer::new();
        let bundle = pages.add_bundle(&sdk.bundle_path);
        // The page's origin is known once it listens, and the platform has to allow it.
        let platform = Arc::new(std::sync::OnceLock::<Arc<LocalPlatform>>::new());
        let answering = platform.clone();
        let session = move || {
            let (platform, bundle) = (answering.get().cloned(), bundle.clone());
            async move { platform.map(|platform| answer(&platform, &bundle, endpoint)).unwrap_or_else(broken) }
        };
        let router = Router::new()
            .route("/precall/session", routing::post(session))
            .route("/precall/options.json", routing::get(async || Json(json!({ "ecdsaOnly": true }))))
            .merge(line_test_files())
            .merge(pages.scripts());
        let http = HttpListener::listen(any_port(), router).await.expect("a listener");
        let allowed = AllowedClients { origins: vec![http.origin()], ..AllowedClients::default() };
        let started = Arc::new(builder.allow(allowed).start().await.expect("a platform"));
        started.begin();
        assert!(platform.set(started.clone()).is_ok(), "set once");
        Self { http, _platform: started }
    }

    pub fn url(&self) -> String {
        format!("{}{LINE_TEST_PATH}", self.http.origin())
    }
}

fn broken() -> (StatusCode, Json<Value>) {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!("no sessions today")))
}

fn answer(platform: &LocalPlatform, bundle: &str, endpoint: Endpoint) -> (StatusCode, Json<Value>) {
    if endpoint == Endpoint::Broken {
        return broken();
    }
    let session = platform.session(SessionOptions::default());
    let token = platform.token(&session, Role::Publisher).expect("signed");
    let servers = platform.ice_servers();
    let servers: Vec<_> = servers
        .iter()
        .map(|server| json!({ "urls": server.url, "username": server.username, "credential": server.credential }))
        .collect();
    let is_wrong = endpoint == Endpoint::WrongToken;
    let answer = json!({
        "apiKey": platform.project().api_key,
        "sessionId": session.as_str(),
        "token": if is_wrong { "no token" } else { token.expose() },
        "sdkUrl": if endpoint == Endpoint::NoSdk { "/sdk/9/opentok.js" } else { bundle },
        "proxyUrl": platform.url(),
        "iceServers": if endpoint == Endpoint::SessionWithRelays { servers } else { Vec::new() },
    });
    (StatusCode::OK, Json(answer))
}

/// How a person looks at the page.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub width: u32,
    pub is_dark: bool,
}

pub const DESK: View = View { width: 1024, is_dark: false };
pub const DESK_DARK: View = View { width: 1024, is_dark: true };
pub const PHONE: View = View { width: 390, is_dark: false };
pub const PHONE_DARK: View = View { width: 390, is_dark: true };

/// What a person's browser has.
#[derive(Debug, Clone, Default)]
pub struct Equipment {
    pub devices: FakeDevices,
    /// Whether the browser refuses the devices.
    pub is_denied: bool,
    /// Arguments of Chrome.
    pub arguments: Vec<String>,
    /// Firefox, for a person who uses it; Chrome without it.
    pub firefox: Option<PathBuf>,
    /// Whether Firefox finds no camera and no microphone.
    pub has_no_devices: bool,
    /// Runs before the page's scripts.
    pub script: &'static str,
}

/// Keeps the tracks that the page gets, to see whether it lets go of them; and whatever its policy forbids.
const WATCH: &str = "window.tracks = []; window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
    const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
    if (open) navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        tracks.push(...stream.getTracks());
        return stream;
    };";

/// The page's element, and what is in it.
const NAMES: &str = "const element = document.querySelector('precall-test'), root = element?.shadowRoot;
    const named = (name) => root.querySelector(`[data-name=\"${name}\"]`);";

/// A person with the page in a browser.
pub struct Person {
    window: Window,
    origin: String,
    /// What the console said that is no mere log.
    pub complaints: Vec<String>,
    /// The states that were looked at.
    pub states: Vec<String>,
}

impl Person {
    /// Opens the page in a browser of their own; `options` is the query of its URL.
    pub async fn open(url: &str, options: &str, view: View, equipment: Equipment) -> Self {
        let origin = url.trim_end_matches(LINE_TEST_PATH).to_owned();
        let first = format!("{}\n{WATCH}", equipment.script);
        let mut window = Window::open(origin.clone(), view, equipment, &first).await;
        window.goto(&format!("{url}?{options}")).await;
        Self { window, origin, complaints: Vec::new(), states: Vec::new() }
    }

    /// Loads the page anew with other options.
    pub async fn reload(&mut self, options: &str, view: View) {
        self.window.set_view(view).await;
        self.window.goto(&format!("{}{LINE_TEST_PATH}?{options}", self.origin)).await;
    }

    /// Returns the value of an expression in the page: `element` is the custom element, `root` what is in it, and
    /// `named` finds a part of it by its name.
    pub async fn ask(&mut self, expression: &str) -> Value {
        let script = format!(
            "void (async () => {{ {NAMES} {BINDING}(JSON.stringify((await ({expression})) ?? null)); }})().catch((error) => \
             {BINDING}(JSON.stringify(`threw ${{error}}`)))"
        );
        self.window.evaluate(&script).await;
        let complaints = &mut self.complaints;
        // OpenTok.js throws some where a server fails.
        let complain = |text: String| {
            if !text.trim_start_matches("%c").starts_with(OPENTOK) {
                complaints.push(text);
            }
        };
        self.window.answer(complain).await
    }

    /// Waits until an expression is true.
    pub async fn until(&mut self, expression: &str) {
        let began = Instant::now();
        while self.ask(&format!("Boolean({expression})")).await != Value::Bool(true) {
            if began.elapsed() > LIMIT {
                let shown =
                    self.ask("[element?.getAttribute('screen'), root?.querySelector('section')?.innerText]").await;
                keep_picture("never", self.window.picture().await);
                panic!("{expression} never comes: {shown}; {:?}", self.complaints);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Waits for a screen.
    pub async fn until_screen(&mut self, screen: &str) {
        self.until(&format!("element?.getAttribute('screen') === '{screen}'")).await;
    }

    /// Presses a button.
    pub async fn press(&mut self, name: &str) {
        assert_eq!(self.ask(&format!("(named('{name}').click(), true)")).await, true, "{name}");
    }

    /// Chooses a value of a list, or writes it into a field.
    pub async fn choose(&mut self, name: &str, value: &str) {
        let change = format!(
            "(named('{name}').value = '{value}', named('{name}').dispatchEvent(new Event('change')), named('{name}').value)"
        );
        assert_eq!(self.ask(&change).await, value, "{name}");
    }

    /// Goes from the first screen to the devices.
    pub async fn show_devices(&mut self, button: &str) {
        self.until_screen("start").await;
        self.press(button).await;
        self.until_screen("devices").await;
    }

    /// Looks at what is shown, and keeps a picture of it: the screen, its words, where the focus is, whether it can be
    /// used by everyone (axe-core), whether it fits, and whom the page has asked.
    pub async fn look(&mut self, state: &str, screen: &str, parts: &[&str]) {
        self.until_screen(screen).await;
        for part in parts {
            self.until(&format!("named('{part}') && !named('{part}').closest('[hidden]')")).await;
        }
        keep_picture(state, self.window.picture().await);
        assert_eq!(self.ask(RAW_WORDS).await, json!([]), "{state}");
        if !["start", "unsupported"].contains(&screen) {
            let focus = self.ask("document.activeElement === element && root.activeElement?.tagName").await;
            // A part of the screen may have taken the focus since: by a press.
            assert!(
                ["H2", "BUTTON", "SELECT", "INPUT", "SUMMARY"].contains(&focus.as_str().unwrap_or_default()),
                "{state}: {focus}"
            );
        }
        if self.ask("typeof axe").await == "undefined" {
            self.window.evaluate(&axe()).await;
        }
        let findings = self.ask(AXE_CALL).await;
        assert_eq!(findings, json!([]), "{state}");
        let fits = self.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth").await;
        assert_eq!(fits, true, "{state} scrolls sideways");
        let foreign = self.ask(FOREIGN_REQUESTS).await;
        assert_eq!(foreign, json!([]), "{state}");
        assert_eq!(self.ask("violations").await, json!([]), "{state}");
        if !["devices", "watch", "running"].contains(&screen) {
            self.until("tracks.every(({ readyState }) => readyState === 'ended')").await;
        }
        if screen == "result"
            && let Some(tree) = self.window.accessibility_tree().await
        {
            // A person who sees nothing is told the verdict, in its heading.
            let sentence = self.ask("root.querySelector('h2').lastElementChild.textContent").await;
            let sentence = sentence.as_str().expect("a sentence").trim();
            let is_told = tree.lines().any(|line| line.starts_with("heading ") && line.contains(sentence));
            assert!(!sentence.is_empty() && is_told, "{state}: {sentence} in {tree}");
        }
        self.states.push(state.to_owned());
    }

    /// Closes the browser. The page must not have complained.
    pub async fn close(self) {
        assert_eq!(self.complaints, Vec::<String>::new(), "{:?}", self.states);
        self.close_after_complaints().await;
    }

    /// Closes the browser of a page that had to complain.
    pub async fn close_after_complaints(self) {
        self.window.close().await;
    }
}

/// The script of axe-core.
pub fn axe() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(path).expect("axe-core; `npm ci` installs it")
}

/// Every finding as a line: the rule, and the elements.
pub const AXE_CALL: &str = "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => \
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`))";

/// What the page has loaded from another host.
const FOREIGN_REQUESTS: &str = r"performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => !/^(http:..127\.0\.0\.1:|data:|blob:)/.test(name))";

/// How long a state may take to come: a test on a line that hardly works takes more than a minute.
const LIMIT: Duration = Duration::from_secs(120);

/// What OpenTok.js says begins with it: warnings of its own, such as that a session has no relay.
const OPENTOK: &str = "OpenTok:";

/// Keys and places of texts that no word has taken the place of, and values that are none.
const RAW_WORDS: &str = r"root.querySelector('section').innerText.match(/\b[a-z]+\.[a-z]+[A-Z]\w*|\b(start|denied|devices|state|step|figure|reason|tip|sentence|grade|network)\.\w+|\{\w+\}|undefined|\bNaN\b/g) ?? []";
