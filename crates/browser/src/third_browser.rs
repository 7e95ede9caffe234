//! A browser that does not exist, behind the same traits as Chrome and Firefox: a further browser needs a file like
//! this one, and a line in each of the two functions of `kinds`.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::{BoxFuture, ready};
use futures::{FutureExt, StreamExt, stream};
use tokio::sync::watch;

use super::browser::{Browser, Page, PageMeter, PageUsage};
use super::conditions::Conditions;
use super::context::{ContextOptions, Device};
use super::error::BrowserError;
use super::events::{BrowserEvent, PageEvents};
use super::health::Health;

/// A browser whose pages report each expression that they evaluate.
struct ThirdBrowser {
    health: Health,
    _connection: watch::Sender<Option<String>>,
}

struct ThirdPage {
    said: Mutex<Vec<String>>,
    health: Health,
}

type Answer<'a, T = ()> = BoxFuture<'a, Result<T, BrowserError>>;

fn done<'a>() -> Answer<'a> {
    ready(Ok(())).boxed()
}

fn unsupported<'a, T: Send + 'a>(command: &'static str) -> Answer<'a, T> {
    ready(Err(BrowserError::Refused { command, reason: "the third browser cannot".to_owned() })).boxed()
}

impl Browser for ThirdBrowser {
    fn is_gone(&self) -> bool {
        self.health.is_gone()
    }

    fn product(&self) -> Answer<'_, String> {
        ready(Ok("Third/1".to_owned())).boxed()
    }

    fn open<'a>(&'a self, _: ContextOptions, _: &'a str, url: &'a str) -> Answer<'a, Box<dyn Page>> {
        let page = ThirdPage { said: Mutex::new(vec![url.to_owned()]), health: self.health.clone() };
        ready(Ok(Box::new(page) as Box<dyn Page>)).boxed()
    }

    fn remove_device(&self, _: Device) -> Result<(), BrowserError> {
        Ok(())
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }
}

struct NoMeter;

impl PageMeter for NoMeter {
    fn read(&self) -> Answer<'_, PageUsage> {
        unsupported("usage")
    }
}

impl Page for ThirdPage {
    fn take_events(&mut self) -> PageEvents {
        let said = std::mem::take(self.said.get_mut().unwrap_or_else(PoisonError::into_inner));
        let events = stream::iter(said).map(|payload| BrowserEvent::Binding { payload }).boxed();
        PageEvents::new(vec![events], self.health.clone())
    }

    fn evaluate<'a>(&'a self, expression: &'a str) -> Answer<'a> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).push(expression.to_owned());
        done()
    }

    fn act<'a>(&'a self, expression: &'a str) -> Answer<'a> {
        self.evaluate(expression)
    }

    fn run_first<'a>(&'a self, _: &'a str) -> Answer<'a> {
        done()
    }

    fn accept_dialogs(&self) -> Answer<'_> {
        done()
    }

    fn goto<'a>(&'a self, _: &'a str) -> Answer<'a> {
        done()
    }

    fn accessibility_tree(&self) -> Answer<'_, String> {
        unsupported("accessibility tree")
    }

    fn emulate<'a>(&'a self, _: &'a [Conditions]) -> Answer<'a> {
        unsupported("emulation")
    }

    fn set_permission<'a>(&'a self, _: Device, _: &'a str, _: bool) -> Answer<'a> {
        done()
    }

    fn hide_microphones(&self) -> Answer<'_> {
        done()
    }

    fn slow_scripts(&self, _: u32) -> Answer<'_> {
        unsupported("slow scripts")
    }

    fn usage(&self) -> Answer<'_, PageUsage> {
        unsupported("usage")
    }

    fn meter(&self) -> Box<dyn PageMeter> {
        Box::new(NoMeter)
    }

    fn screenshot(&self) -> Answer<'_, Vec<u8>> {
        unsupported("screenshot")
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        ready(()).boxed()
    }
}

#[tokio::test]
async fn a_third_browser_is_used_like_the_others() {
    let (connection, health) = Health::new();
    let browser: Arc<dyn Browser> = Arc::new(ThirdBrowser { health, _connection: connection });
    assert_eq!(browser.product().await.ok().as_deref(), Some("Third/1"));
    let origin = "http://127.0.0.1:8080".to_owned();
    let options = ContextOptions { origin, camera: true, microphone: true, proxy: None };
    let mut page = browser.open(options, "binding", "http://127.0.0.1:8080/page").await.expect("a page");
    page.evaluate("one + one").await.expect("evaluated");
    let mut events = page.take_events();
    for payload in ["http://127.0.0.1:8080/page", "one + one"] {
        assert_eq!(events.next().await, BrowserEvent::Binding { payload: payload.to_owned() });
    }
    let refused = page.slow_scripts(4).await.expect_err("it cannot");
    assert!(refused.to_string().contains("the third browser cannot"), "{refused}");
    page.close().await;
    browser.close().await;
}
