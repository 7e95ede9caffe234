//! What each kind of browser does in its own way: being located and launched.

use std::path::Path;
use std::sync::Arc;

use super::browser::Browser;
use super::chrome::Chrome;
use super::error::BrowserError;
use super::firefox::{Firefox, locate_firefox};
use super::launch::{BrowserKind, LaunchOptions};
use super::locate::{InstalledBrowser, locate_chrome_of};

/// Locates a browser of a kind whose version `takes` accepts: the named one, or else one in `cache`, or else the first
/// one found.
///
/// # Errors
///
/// If there is none, or if it cannot be used.
pub fn locate(
    kind: BrowserKind,
    named: Option<&Path>,
    cache: &Path,
    takes: &dyn Fn(&str) -> bool,
) -> Result<InstalledBrowser, BrowserError> {
    match kind {
        BrowserKind::Chrome => locate_chrome_of(named, cache, takes),
        BrowserKind::Firefox => locate_firefox(named, cache, takes),
    }
}

/// Launches a browser.
///
/// # Errors
///
/// [`BrowserError::Launch`] if it does not start within 30 s.
pub async fn launch(options: LaunchOptions) -> Result<Arc<dyn Browser>, BrowserError> {
    Ok(match options.kind {
        BrowserKind::Chrome => Arc::new(Chrome::launch(options).await?),
        BrowserKind::Firefox => Arc::new(Firefox::launch(options).await?),
    })
}
