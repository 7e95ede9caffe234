//! The page of a case, in the browser that is lent to the case.

use std::sync::Arc;

use crate::page::{BINDING, HARNESS_PATH};
use precall_browser::{Browser, BrowserError, ContextOptions, Page};

/// A page, and the browser that it holds.
pub(super) struct Leased {
    /// The page of the case.
    pub page: Box<dyn Page>,
    /// The browser that the page is in.
    pub browser: Arc<dyn Browser>,
    /// Keeps the browser from other cases while it lasts. Absent for a remote browser.
    pub _lease: Option<Arc<Lease>>,
}

/// Exclusive use of a browser by one case.
#[derive(Debug)]
pub(super) struct Lease;

/// Opens the harness page in a context of its own.
pub(super) async fn open_harness(
    browser: &dyn Browser,
    options: ContextOptions,
) -> Result<Box<dyn Page>, BrowserError> {
    let url = format!("{}{HARNESS_PATH}", options.origin);
    browser.open(options, BINDING, &url).await
}
