//! Where Chrome, and browsers that are made from it, are on a host.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

use super::error::BrowserError;
use super::locate::{BrowserPlaces, InstalledBrowser, Search, ask_version};
use super::start_failure::{FailureMode, StartFailure};
use precall_support::browser_kind::BrowserKind;

/// Where a Chrome may be.
pub(super) const CHROME_PLACES: BrowserPlaces = BrowserPlaces {
    names: &[
        "google-chrome-stable",
        "google-chrome",
        "chromium",
        "chromium-browser",
        "chrome",
        "microsoft-edge-stable",
        "microsoft-edge",
    ],
    // The usual paths on macOS.
    others: &[
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ],
    installed,
    inspect,
};

/// Locates a Chrome of any version: the named one, or else one that `precall browser install` put into `cache`, or else
/// the first on the `PATH` or in the usual places of macOS.
///
/// # Errors
///
/// As those of [`locate`](super::locate).
pub fn locate_chrome(named: Option<&Path>, cache: &Path) -> Result<InstalledBrowser, BrowserError> {
    Search { kind: BrowserKind::Chrome, named, cache, version: None }.of(&CHROME_PLACES)
}

/// Returns the program in the directory of a version: `chrome-linux64/chrome`.
fn installed(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.path().join("chrome")).collect()
}

/// Checks whether a program is a browser that can be used. The error says why it cannot be.
fn inspect(path: &Path) -> Result<InstalledBrowser, String> {
    if path.file_name().is_some_and(|name| name.to_string_lossy().contains("headless-shell")) {
        return Err("chrome-headless-shell has no fake camera and microphone; a full Chrome is needed".to_owned());
    }
    let output = ask_version(path)?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let code = output.status.code().or(output.status.signal().map(|signal| 128 + signal)).unwrap_or(-1);
        let mode = FailureMode::Exit(code);
        return Err(StartFailure { chrome: path, mode, log: &log, open_files: None, policies: &[] }.of_version());
    }
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let chrome = InstalledBrowser { path: path.to_owned(), version: text };
    let is_known = ["Chrom", "Edge"].iter().any(|name| chrome.version.contains(name));
    if !is_known || chrome.major().is_none() {
        return Err(format!("`--version` prints {:?}, which is not the version of a Chrome", chrome.version));
    }
    Ok(chrome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unusable_program_is_refused_with_the_reason() {
        for (path, reason) in [
            ("/bin/ls", "--version"),
            ("/no/such/program", "cannot be run"),
            ("/usr/bin/chrome-headless-shell", "no fake camera"),
        ] {
            let error = locate_chrome(Some(Path::new(path)), Path::new("/nowhere")).expect_err("refused").to_string();
            assert!(error.contains(reason) && error.contains("--chrome"), "{error}");
        }
    }
}
