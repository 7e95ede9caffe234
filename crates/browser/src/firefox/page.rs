//! A page of Firefox.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::connection::{BidiConnection, Login, text};
use super::page_events::page_events;
use crate::browser::{Page, PageMeter, PageUsage};
use crate::conditions::Conditions;
use crate::context::Device;
use crate::error::BrowserError;
use crate::events::PageEvents;
use crate::fake_devices::{FakeCamera, FakeDevices, FakeMicrophone, FakePicture};

/// The channel on which the calls of a binding arrive.
const CHANNEL: &str = "precall";

/// Makes devices that Firefox does not have, denies those that are denied, and takes them away.
const DEVICES: &str = include_str!("devices.js");

/// The name of the object by which precall reaches the devices of a page.
const DEVICE_CONTROL: &str = "__precallDevices";

/// A page of Firefox in a user context of its own.
pub(super) struct FirefoxPage {
    connection: Arc<BidiConnection>,
    user_context: String,
    id: String,
    /// Only a caller with exclusive access reads the events. The lock makes the page `Sync`.
    events: Mutex<PageEvents>,
    is_closed: AtomicBool,
}

impl FirefoxPage {
    /// Opens an empty page in a user context, which may have a proxy, with these credentials for it.
    pub(super) async fn open(
        connection: &Arc<BidiConnection>,
        user_context: String,
        has_proxy: bool,
        login: Option<Login>,
    ) -> Result<Self, BrowserError> {
        let made =
            connection.call("browsingContext.create", json!({ "type": "tab", "userContext": user_context })).await?;
        let id = text(&made, "context");
        if has_proxy {
            // Without credentials the request is given up. Firefox would ask a person otherwise.
            let intercept = json!({ "phases": ["authRequired"], "contexts": [id] });
            connection.call("network.addIntercept", intercept).await?;
        }
        let events = page_events(connection.listen(&id, login), CHANNEL);
        let events = Mutex::new(PageEvents::new(vec![events], connection.health().clone()));
        Ok(Self { connection: Arc::clone(connection), user_context, id, events, is_closed: AtomicBool::new(false) })
    }

    /// Adds a function to the page whose calls arrive as events.
    pub(super) async fn bind(&self, name: &str) -> Result<(), BrowserError> {
        let function = format!("(send) => {{ window[{}] = (text) => send(text); }}", json!(name));
        self.preload(&function, json!([{ "type": "channel", "value": { "channel": CHANNEL } }])).await
    }

    /// Gives the page these devices, granted or denied.
    pub(super) async fn set_up_devices(
        &self,
        devices: FakeDevices,
        camera: bool,
        microphone: bool,
    ) -> Result<(), BrowserError> {
        let FakeDevices { camera: FakeCamera { frame_rate, picture }, microphone: sound } = devices;
        let detailed = match picture {
            FakePicture::Detailed(width, height) => json!({ "width": width, "height": height }),
            FakePicture::Pattern | FakePicture::NoCamera => Value::Null,
        };
        let setup = json!({
            "camera": {
                "isPresent": picture != FakePicture::NoCamera,
                "isGranted": camera,
                "frameRate": frame_rate,
                "detailed": detailed,
            },
            "microphone": { "isPresent": true, "isGranted": microphone, "speech": matches!(sound, FakeMicrophone::Speech(_)) },
        });
        let function =
            format!("() => {{ ({})({}, {setup}); }}", DEVICES.trim().trim_end_matches(';'), json!(DEVICE_CONTROL));
        self.preload(&function, json!([])).await
    }

    async fn preload(&self, function: &str, arguments: Value) -> Result<(), BrowserError> {
        let mut params = json!({ "functionDeclaration": function, "contexts": [self.id] });
        // An empty list is refused.
        if arguments.as_array().is_some_and(|all| !all.is_empty()) {
            params["arguments"] = arguments;
        }
        self.connection.call("script.addPreloadScript", params).await.map(drop)
    }

    /// Navigates the page to a URL, and waits until it is loaded.
    pub(super) async fn navigate(&self, url: &str) -> Result<(), BrowserError> {
        let params = json!({ "context": self.id, "url": url, "wait": "complete" });
        self.connection.call("browsingContext.navigate", params).await.map(drop)
    }

    async fn run(&self, expression: &str, is_click: bool) -> Result<(), BrowserError> {
        evaluate(&self.connection, &self.id, expression, is_click).await
    }

    /// Returns the error for something that no command of WebDriver BiDi does.
    fn unsupported<T>(command: &'static str) -> Result<T, BrowserError> {
        Err(BrowserError::Refused { command, reason: "WebDriver BiDi has no command for it".to_owned() })
    }
}

/// Evaluates an expression in a page; with `is_click` as if the user had just clicked.
pub(super) async fn evaluate(
    connection: &BidiConnection,
    page: &str,
    expression: &str,
    is_click: bool,
) -> Result<(), BrowserError> {
    let params = json!({
        "expression": expression,
        "target": { "context": page },
        "awaitPromise": false,
        "userActivation": is_click,
        "serializationOptions": { "maxObjectDepth": 0, "maxDomDepth": 0 },
    });
    let answer = connection.call("script.evaluate", params).await?;
    match answer["type"].as_str() {
        Some("exception") => {
            let reason = text(&answer["exceptionDetails"], "text");
            Err(BrowserError::Refused { command: "script.evaluate", reason })
        }
        _ => Ok(()),
    }
}

/// Returns the script that does something to a device of a page. A document without the devices' script has none.
pub(super) fn device_script(action: &str, device: Device, argument: Option<bool>) -> String {
    let device = match device {
        Device::Camera => "camera",
        Device::Microphone => "microphone",
    };
    format!("void window[{}]?.{action}({}, {})", json!(DEVICE_CONTROL), json!(device), json!(argument))
}

impl Drop for FirefoxPage {
    fn drop(&mut self) {
        if !self.is_closed.swap(true, Ordering::Relaxed) {
            self.connection.forget(&self.id);
            self.connection.tell("browser.removeUserContext", &json!({ "userContext": self.user_context }));
        }
    }
}

/// Firefox reports neither the memory nor the CPU time of a page.
struct AbsentMeter;

impl PageMeter for AbsentMeter {
    fn read(&self) -> BoxFuture<'_, Result<PageUsage, BrowserError>> {
        async { FirefoxPage::unsupported("reading a page's usage") }.boxed()
    }
}

impl Page for FirefoxPage {
    fn take_events(&mut self) -> PageEvents {
        self.events.get_mut().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn evaluate<'a>(&'a self, expression: &'a str) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.run(expression, false).boxed()
    }

    fn act<'a>(&'a self, expression: &'a str) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.run(expression, true).boxed()
    }

    fn run_first<'a>(&'a self, script: &'a str) -> BoxFuture<'a, Result<(), BrowserError>> {
        async move { self.preload(&format!("() => {{ {script} }}"), json!([])).await }.boxed()
    }

    fn accept_dialogs(&self) -> BoxFuture<'_, Result<(), BrowserError>> {
        async {
            self.connection.accept_dialogs(&self.id);
            Ok(())
        }
        .boxed()
    }

    fn goto<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<(), BrowserError>> {
        self.navigate(url).boxed()
    }

    fn accessibility_tree(&self) -> BoxFuture<'_, Result<String, BrowserError>> {
        async { Self::unsupported("reading the accessibility tree") }.boxed()
    }

    fn emulate<'a>(&'a self, _: &'a [Conditions]) -> BoxFuture<'a, Result<(), BrowserError>> {
        async { Self::unsupported("emulating a network") }.boxed()
    }

    fn set_permission<'a>(
        &'a self,
        device: Device,
        _origin: &'a str,
        is_granted: bool,
    ) -> BoxFuture<'a, Result<(), BrowserError>> {
        async move { self.run(&device_script("permit", device, Some(is_granted)), false).await }.boxed()
    }

    fn hide_microphones(&self) -> BoxFuture<'_, Result<(), BrowserError>> {
        async {
            let script = device_script("hide", Device::Microphone, None);
            self.preload(&format!("() => {{ {script} }}"), json!([])).await?;
            self.run(&script, false).await
        }
        .boxed()
    }

    fn slow_scripts(&self, _: u32) -> BoxFuture<'_, Result<(), BrowserError>> {
        async { Self::unsupported("slowing down scripts") }.boxed()
    }

    fn usage(&self) -> BoxFuture<'_, Result<PageUsage, BrowserError>> {
        async { Self::unsupported("reading a page's usage") }.boxed()
    }

    fn meter(&self) -> Box<dyn PageMeter> {
        Box::new(AbsentMeter)
    }

    fn screenshot(&self) -> BoxFuture<'_, Result<Vec<u8>, BrowserError>> {
        async {
            let answer =
                self.connection.call("browsingContext.captureScreenshot", json!({ "context": self.id })).await?;
            let refused = |error: base64::DecodeError| BrowserError::Refused {
                command: "browsingContext.captureScreenshot",
                reason: error.to_string(),
            };
            STANDARD.decode(text(&answer, "data")).map_err(refused)
        }
        .boxed()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        async {
            if !self.is_closed.swap(true, Ordering::Relaxed) {
                self.connection.forget(&self.id);
                let context = json!({ "userContext": self.user_context });
                // A browser that is gone has no contexts.
                let _ = self.connection.call("browser.removeUserContext", context).await;
            }
        }
        .boxed()
    }
}
