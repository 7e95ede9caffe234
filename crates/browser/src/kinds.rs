//! What each kind of browser does in its own way: being located and launched.

use std::path::Path;
use std::sync::Arc;

use super::browser::Browser;
use super::chrome::Chrome;
use super::error::BrowserError;
use super::firefox::{Firefox, locate_firefox};
use super::launch::LaunchOptions;
use super::locate::{InstalledBrowser, VersionCheck, locate_chrome_of};
use precall_support::browser_kind::BrowserKind;

/// Locates a browser of a kind whose version passes `check`: the named one, or else one in `cache`, or else the first
/// one found.
///
/// # Errors
///
/// If there is none, or if it cannot be used.
pub fn locate(
    kind: BrowserKind,
    named: Option<&Path>,
    cache: &Path,
    check: VersionCheck<'_>,
) -> Result<InstalledBrowser, BrowserError> {
    match kind {
        BrowserKind::Chrome => locate_chrome_of(named, cache, check),
        BrowserKind::Firefox => locate_firefox(named, cache, check),
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
