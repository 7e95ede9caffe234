//! The viewers of a run: one in Chrome, and others that read the stream.

use std::path::PathBuf;
use std::time::Duration;

use precall::page::BINDING;
use precall::sdk::cache_directory;
use precall_browser::{BrowserEvent, BrowserKind, Chrome, ChromePage, ContextOptions, LaunchOptions, locate_chrome};
use serde_json::Value;

/// How long Chrome may take to answer.
const LIMIT: Duration = Duration::from_secs(300);

/// Keeps the time at which each warning came to the screen.
const PROBES: &str = "new MutationObserver((changes) => {
    const now = Date.now();
    for (const { addedNodes } of changes) {
        for (const { textContent } of addedNodes) {
            const at = /^probe (\\d+)$/.exec(textContent)?.[1];
            if (at) requestAnimationFrame(() => latencies.push(Date.now() - Number(at)));
        }
    }
}).observe(document.getElementById('warnings'), { childList: true })";

/// A page of a run in Chrome.
pub struct Watcher {
    browser: Chrome,
    page: ChromePage,
}

impl Watcher {
    pub async fn open(url: &str) -> Self {
        let chrome = locate_chrome(None, &cache_directory()).expect("a browser; run `precall browser install`");
        let options = LaunchOptions {
            supervisor: Some(PathBuf::from(env!("CARGO_BIN_EXE_precall"))),
            extra_arguments: vec!["--enable-precise-memory-info".to_owned(), "--js-flags=--expose-gc".to_owned()],
            ..LaunchOptions::new(BrowserKind::Chrome, chrome)
        };
        let browser = Chrome::launch(options).await.expect("it starts");
        let options =
            ContextOptions { origin: "http://127.0.0.1".to_owned(), camera: false, microphone: false, proxy: None };
        let page = browser.new_page(options).await.expect("a page");
        page.add_binding(BINDING).await.expect("a binding");
        page.goto(url).await.expect("the page");
        let mut watcher = Self { browser, page };
        watcher.ask(&format!("(globalThis.latencies = [], {PROBES}, true)")).await;
        watcher
    }

    pub async fn wait_for_cases(&mut self, count: usize) {
        self.until(&format!("document.querySelectorAll('#cases li').length === {count}")).await;
    }

    pub async fn wait_for_warning(&mut self, text: &str) {
        self.until(&format!("document.getElementById('warnings').lastElementChild?.textContent === '{text}'")).await;
    }

    /// Milliseconds from the navigation to the first text on the screen.
    pub async fn first_paint(&mut self) -> f64 {
        let paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
        self.ask(paint).await.as_f64().expect("a time")
    }

    /// Frames a second while the page is scrolled down and up.
    pub async fn frames_while_scrolling(&mut self, time: Duration) -> f64 {
        let script = format!(
            "new Promise((done) => {{
                const began = performance.now();
                let frames = 0;
                const step = () => {{
                    const passed = performance.now() - began;
                    if (passed > {}) return done(frames / passed * 1000);
                    frames += 1;
                    const height = document.documentElement.scrollHeight - innerHeight;
                    scrollTo(0, height * (0.5 - 0.5 * Math.cos(passed / 400)));
                    requestAnimationFrame(step);
                }};
                requestAnimationFrame(step);
            }})",
            time.as_millis()
        );
        self.ask(&script).await.as_f64().expect("a number")
    }

    /// Milliseconds from the writing of each probe to the frame that shows it.
    pub async fn latencies(&mut self) -> Vec<f64> {
        let latencies = self.ask("latencies").await;
        latencies.as_array().expect("numbers").iter().filter_map(Value::as_f64).collect()
    }

    /// The heap of the page in MB, without garbage.
    pub async fn heap(&mut self) -> f64 {
        self.ask("(gc(), performance.memory.usedJSHeapSize / 1e6)").await.as_f64().expect("a size")
    }

    async fn until(&mut self, expression: &str) {
        let wait = format!(
            "new Promise((done) => {{ const look = () => ({expression}) ? done(true) : setTimeout(look, 50); look(); }})"
        );
        self.ask(&wait).await;
    }

    async fn ask(&mut self, expression: &str) -> Value {
        let script = format!("void (async () => {{ {BINDING}(JSON.stringify((await ({expression})) ?? null)); }})()");
        self.page.evaluate(&script).await.expect("it runs");
        let answer = async {
            loop {
                match self.page.next_event().await {
                    BrowserEvent::Binding { payload } => return serde_json::from_str(&payload).expect("JSON"),
                    BrowserEvent::Console { .. } | BrowserEvent::Navigated { .. } => {}
                    end => panic!("{end:?}"),
                }
            }
        };
        tokio::time::timeout(LIMIT, answer).await.expect("the page answers")
    }

    pub async fn close(self) {
        self.page.close().await;
        self.browser.close().await;
    }
}

/// Reads the stream of a run to its end.
pub async fn stream(url: String) {
    let mut answer = reqwest::get(url).await.expect("an answer");
    while let Ok(Some(_)) = answer.chunk().await {}
}
