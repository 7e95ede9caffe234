//! What each kind of browser does in its own way: being located and launched.

use std::sync::Arc;

use super::browser::Browser;
use super::chrome::Chrome;
use super::chrome_places::CHROME_PLACES;
use super::error::BrowserError;
use super::firefox::{FIREFOX_PLACES, Firefox};
use super::launch::LaunchOptions;
use super::locate::{InstalledBrowser, Search};
use precall_support::browser_kind::BrowserKind;

/// Locates a browser: the named one, or else one that precall installed, or else the first one found.
///
/// # Errors
///
/// If there is none, or if it cannot be used. If only other versions are there, the error names them.
pub fn locate(search: &Search<'_>) -> Result<InstalledBrowser, BrowserError> {
    search.of(match search.kind {
        BrowserKind::Chrome => &CHROME_PLACES,
        BrowserKind::Firefox => &FIREFOX_PLACES,
    })
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
