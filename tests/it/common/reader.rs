//! A reader of pages: of reports, and of those that `precall serve` makes.

use std::time::Duration;

use precall::page::BINDING;
use precall_browser::{BrowserEvent, Chrome, ChromePage, ContextOptions};
use serde_json::Value;

use super::line_page::{AXE_CALL, axe};
use super::pictures::keep_picture;
use super::stage::browser;

/// A page of precall's in Chrome.
pub struct Reader {
    browser: Chrome,
    page: ChromePage,
    /// What the console said that is no mere log.
    pub complaints: Vec<String>,
}

impl Reader {
    /// Opens a page in a browser with these arguments.
    pub async fn open(url: &str, arguments: &[&str]) -> Self {
        let browser = browser(arguments.iter().map(|argument| (*argument).to_owned()).collect()).await;
        let options =
            ContextOptions { origin: "http://127.0.0.1".to_owned(), camera: false, microphone: false, proxy: None };
        let page = browser.new_page(options).await.expect("a page");
        page.add_binding(BINDING).await.expect("a binding");
        page.goto(url).await.expect("the page");
        Self { browser, page, complaints: Vec::new() }
    }

    /// Shows a page in a frame of this width: windows cannot be as narrow as a phone.
    pub async fn frame(&mut self, text: &str, width: u32, attributes: &str) {
        let text = serde_json::to_string(text).expect("JSON");
        let script = format!(
            "new Promise(done => {{
                document.body.innerHTML = '<iframe {attributes} style=\"border:0;width:{width}px;height:800px\"></iframe>';
                frames[0].frameElement.onload = () => done(true);
                frames[0].frameElement.srcdoc = {text};
            }})"
        );
        self.ask(&script).await;
    }

    /// The value of an expression in the page, or in its frame: `view` is its window and `page` its document.
    pub async fn ask(&mut self, expression: &str) -> Value {
        let script = format!(
            "void (async () => {{
                const view = frames[0] ?? window, page = view.document;
                {BINDING}(JSON.stringify((await ({expression})) ?? null));
            }})()"
        );
        self.page.evaluate(&script).await.expect("it runs");
        let answer = async {
            loop {
                match self.page.next_event().await {
                    BrowserEvent::Binding { payload } => return serde_json::from_str(&payload).expect("JSON"),
                    BrowserEvent::Console { level, text } if level != "log" => self.complaints.push(text),
                    BrowserEvent::Console { .. } | BrowserEvent::Navigated { .. } => {}
                    end @ (BrowserEvent::Closed | BrowserEvent::TooLong { .. }) => panic!("{end:?}"),
                    BrowserEvent::Exception { text } | BrowserEvent::Crashed { reason: text } => panic!("{text}"),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), answer).await.expect("the page answers")
    }

    /// Opens another page.
    pub async fn goto(&mut self, url: &str) {
        self.page.goto(url).await.expect("the page");
    }

    /// Gives the page this width, in light colours or in dark ones.
    pub async fn view(&mut self, width: u32, is_dark: bool) {
        self.page.set_viewport(width, 800, false).await.expect("a size");
        self.page.prefer_dark(is_dark).await.expect("colours");
    }

    /// Checks that axe-core finds nothing in the page, and that it does not scroll sideways. Keeps a picture of it.
    pub async fn look(&mut self, state: &str) {
        if self.ask("typeof axe").await == "undefined" {
            self.page.evaluate(&axe()).await.expect("it runs");
        }
        let findings = self.ask(AXE_CALL).await;
        assert_eq!(findings, Value::Array(Vec::new()), "{state}");
        let fits = self.ask("page.documentElement.scrollWidth <= page.documentElement.clientWidth").await;
        assert_eq!(fits, true, "{state} scrolls sideways");
        keep_picture(state, self.page.picture(true).await.expect("a picture"));
    }

    /// Closes the browser. The page must not have complained.
    pub async fn close(self) {
        self.page.close().await;
        self.browser.close().await;
        assert_eq!(self.complaints, Vec::<String>::new());
    }
}
