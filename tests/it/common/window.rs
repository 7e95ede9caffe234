//! A browser with one page, Chrome or Firefox, as a person looks at it.

use std::path::PathBuf;
use std::time::Duration;

use precall::page::BINDING;
use precall_browser::{BrowserEvent, Chrome, ChromePage, ContextOptions};
use serde_json::Value;

use super::firefox::Firefox;
use super::line_page::{Equipment, View};
use super::stage::browser_with;

/// How long a page may take to answer.
const LIMIT: Duration = Duration::from_secs(30);

/// What an answer of a page begins with in Firefox, which has no bindings.
const ANSWER: &str = "answer ";

/// A browser with one page.
pub enum Window {
    Chrome { browser: Box<Chrome>, page: Box<ChromePage> },
    Firefox(Box<Firefox>),
}

impl Window {
    /// Opens a browser of its own with this equipment.
    pub async fn open(origin: String, view: View, equipment: Equipment, first: &str) -> Self {
        let mut window = match equipment.firefox.clone() {
            Some(program) => Self::firefox(program, view, &equipment).await,
            None => Self::chrome(origin, equipment).await,
        };
        window.set_view(view).await;
        match &mut window {
            Self::Chrome { page, .. } => page.run_first(first).await.expect("a script"),
            Self::Firefox(firefox) => {
                let binding = format!("window.{BINDING} = (text) => console.log('{ANSWER}' + text);");
                firefox.run_first(&format!("{binding}\n{first}")).await;
            }
        }
        window
    }

    async fn chrome(origin: String, equipment: Equipment) -> Self {
        let browser = browser_with(equipment.devices, equipment.arguments).await;
        let is_granted = !equipment.is_denied;
        let context = ContextOptions { origin, camera: is_granted, microphone: is_granted, proxy: None };
        let page = browser.new_page(context).await.expect("a page");
        page.add_binding(BINDING).await.expect("a binding");
        Self::Chrome { browser: Box::new(browser), page: Box::new(page) }
    }

    async fn firefox(program: PathBuf, view: View, equipment: &Equipment) -> Self {
        let scheme = u8::from(!view.is_dark);
        let mut preferences = format!("user_pref(\"layout.css.prefers-color-scheme.content-override\", {scheme});\n");
        if equipment.is_denied {
            // 2 denies without a question.
            preferences += "user_pref(\"media.navigator.permission.disabled\", false);\n\
                            user_pref(\"permissions.default.camera\", 2);\n\
                            user_pref(\"permissions.default.microphone\", 2);\n";
        }
        if equipment.has_no_devices {
            preferences += "user_pref(\"media.navigator.streams.fake\", false);\n";
        }
        Self::Firefox(Box::new(Firefox::launch_with(program, &preferences).await))
    }

    /// Gives the page another size. Chrome changes its colours, too; Firefox keeps those that it was opened with.
    pub async fn set_view(&mut self, view: View) {
        match self {
            Self::Chrome { page, .. } => {
                page.set_viewport(view.width, 900, view.width < 600).await.expect("a size");
                page.prefer_dark(view.is_dark).await.expect("a theme");
            }
            Self::Firefox(firefox) => firefox.set_viewport(view.width, 900).await,
        }
    }

    pub async fn goto(&mut self, url: &str) {
        match self {
            Self::Chrome { page, .. } => page.goto(url).await.expect("the page"),
            Self::Firefox(firefox) => firefox.goto(url).await,
        }
    }

    /// Runs a script; its value is not waited for.
    pub async fn evaluate(&mut self, script: &str) {
        match self {
            Self::Chrome { page, .. } => page.evaluate(script).await.expect("it runs"),
            Self::Firefox(firefox) => firefox.evaluate(script).await,
        }
    }

    /// Returns the next value that the page sends by the binding. What it complains of meanwhile goes to `complain`.
    pub async fn answer(&mut self, mut complain: impl FnMut(String)) -> Value {
        let answer = async {
            match self {
                Self::Chrome { page, .. } => loop {
                    match page.next_event().await {
                        BrowserEvent::Binding { payload } => break payload,
                        BrowserEvent::Console { level, text } if level != "log" => complain(text),
                        BrowserEvent::Console { .. } | BrowserEvent::Navigated { .. } => {}
                        end @ (BrowserEvent::Closed | BrowserEvent::TooLong { .. }) => panic!("{end:?}"),
                        BrowserEvent::Exception { text } => complain(text),
                        BrowserEvent::Crashed { reason } => panic!("{reason}"),
                    }
                },
                Self::Firefox(firefox) => loop {
                    let line = firefox.line().await;
                    if let Some(payload) = line.text.strip_prefix(ANSWER) {
                        break payload.to_owned();
                    }
                    if matches!(line.level.as_str(), "warn" | "error") {
                        complain(line.text);
                    }
                },
            }
        };
        let payload = tokio::time::timeout(LIMIT, answer).await.expect("the page answers");
        serde_json::from_str(&payload).expect("JSON")
    }

    /// Returns a picture of the whole page as PNG.
    pub async fn picture(&mut self) -> Vec<u8> {
        match self {
            Self::Chrome { page, .. } => page.picture(true).await.expect("a picture"),
            Self::Firefox(firefox) => firefox.picture().await,
        }
    }

    /// Returns the accessibility tree as text. `None` in Firefox, which has no command for it.
    pub async fn accessibility_tree(&self) -> Option<String> {
        match self {
            Self::Chrome { page, .. } => Some(page.accessibility_tree().await.expect("a tree")),
            Self::Firefox(_) => None,
        }
    }

    pub async fn close(self) {
        match self {
            Self::Chrome { browser, page } => {
                page.close().await;
                browser.close().await;
            }
            Self::Firefox(firefox) => firefox.close().await,
        }
    }
}
