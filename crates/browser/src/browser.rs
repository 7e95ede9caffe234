//! The interface between the runner and a browser, so that a browser other than Chrome can implement it.

use std::time::Duration;

use futures::future::BoxFuture;

use super::conditions::Conditions;
use super::context::{ContextOptions, Device};
use super::error::BrowserError;
use super::events::PageEvents;

/// A running browser, launched by precall or remote. It ends when it is dropped, unless it is remote.
///
/// A command fails if the browser is gone, does not answer in time, or refuses.
pub trait Browser: Send + Sync {
    /// Returns whether the connection to the browser has ended.
    fn is_gone(&self) -> bool;

    /// Returns the product name and version: `Chrome/156.0.8078.79`.
    fn product(&self) -> BoxFuture<'_, Result<String, BrowserError>>;

    /// Opens a URL in a page with a browser context of its own, which shares no cookie, cache or permission with
    /// another. The page's scripts get a function with the name `binding`, whose calls arrive as
    /// [`BrowserEvent::Binding`](super::BrowserEvent::Binding).
    fn open<'a>(
        &'a self,
        options: ContextOptions,
        binding: &'a str,
        url: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn Page>, BrowserError>>;

    /// Takes a device away while it is in use, from all pages of the browser, as if it were unplugged.
    ///
    /// # Errors
    ///
    /// If no page uses the device, or if the browser cannot do that.
    fn remove_device(&self, device: Device) -> Result<(), BrowserError>;

    /// Ends the browser and waits until no process and no file of it is left. A remote browser keeps running.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// The memory and the CPU time that a page uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageUsage {
    /// The size of the JavaScript heap in use, in bytes.
    pub heap_bytes: u64,
    /// The CPU time of the page's process, of all its threads, since it began.
    pub cpu_time: Duration,
}

/// Reads what a page uses, again and again, without a hold on the page.
pub trait PageMeter: Send + Sync {
    /// Returns the memory and the CPU time that the page uses, garbage included. Fails as a command of the page does.
    fn read(&self) -> BoxFuture<'_, Result<PageUsage, BrowserError>>;
}

/// A page in a browser context of its own. It is closed when it is dropped.
///
/// A command fails if the browser is gone, does not answer in time, refuses, or does not support the command.
pub trait Page: Send + Sync {
    /// Hands over the events from now on. Events that no task reads are dropped.
    fn take_events(&mut self) -> PageEvents;

    /// Evaluates a JavaScript expression without waiting for a promise that it returns. Fails if the expression throws.
    fn evaluate<'a>(&'a self, expression: &'a str) -> BoxFuture<'a, Result<(), BrowserError>>;

    /// Evaluates an expression as [`Page::evaluate`] does, as if the user had just clicked: some calls of browsers,
    /// such as those that share a screen, work only then.
    fn act<'a>(&'a self, expression: &'a str) -> BoxFuture<'a, Result<(), BrowserError>>;

    /// Runs a script in every document that the page loads from now on, before its own scripts.
    fn run_first<'a>(&'a self, script: &'a str) -> BoxFuture<'a, Result<(), BrowserError>>;

    /// Accepts the dialogs of the page (`alert`, `confirm`, `prompt`, `beforeunload`) from now on. The page's console
    /// says so. Without this a dialog stops the scripts of the page.
    fn accept_dialogs(&self) -> BoxFuture<'_, Result<(), BrowserError>>;

    /// Navigates the page to a URL.
    fn goto<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<(), BrowserError>>;

    /// Returns the accessibility tree of the page as text: for each element that assistive technology is told of, a
    /// line with its role and its name.
    fn accessibility_tree(&self) -> BoxFuture<'_, Result<String, BrowserError>>;

    /// Applies the browser's own network emulation to the page.
    fn emulate<'a>(&'a self, conditions: &'a [Conditions]) -> BoxFuture<'a, Result<(), BrowserError>>;

    /// Grants the permission for a device to an origin, or denies it.
    fn set_permission<'a>(
        &'a self,
        device: Device,
        origin: &'a str,
        is_granted: bool,
    ) -> BoxFuture<'a, Result<(), BrowserError>>;

    /// Hides all microphones from scripts that run from now on, in this document and in later ones.
    fn hide_microphones(&self) -> BoxFuture<'_, Result<(), BrowserError>>;

    /// Slows the page's scripts down by this factor, but not its media.
    fn slow_scripts(&self, factor: u32) -> BoxFuture<'_, Result<(), BrowserError>>;

    /// Collects garbage, and returns the memory and the CPU time that the page uses.
    fn usage(&self) -> BoxFuture<'_, Result<PageUsage, BrowserError>>;

    /// Returns a meter of the page.
    fn meter(&self) -> Box<dyn PageMeter>;

    /// Returns a picture of the part of the page that is in view, as PNG.
    fn screenshot(&self) -> BoxFuture<'_, Result<Vec<u8>, BrowserError>>;

    /// Closes the page and disposes of its browser context.
    fn close(&self) -> BoxFuture<'_, ()>;
}
