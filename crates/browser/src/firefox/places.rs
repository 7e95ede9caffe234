//! Where Firefox is on a host.

use std::path::{Path, PathBuf};

use crate::locate::{BrowserPlaces, InstalledBrowser, ask_version};

/// Where a Firefox may be.
pub(crate) const FIREFOX_PLACES: BrowserPlaces =
    BrowserPlaces { names: &["firefox", "firefox-esr"], others: &[], installed, inspect };

/// Returns the program in the directory of a version: `firefox/firefox`.
fn installed(directory: &Path) -> Vec<PathBuf> {
    vec![directory.join("firefox").join("firefox")]
}

/// Checks whether a program is a Firefox that can be used. The error says why it cannot be.
fn inspect(path: &Path) -> Result<InstalledBrowser, String> {
    let output = ask_version(path)?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let browser = InstalledBrowser { path: path.to_owned(), version };
    match output.status.success() && browser.version.contains("Firefox") && browser.major().is_some() {
        true => Ok(browser),
        false => Err(format!("`--version` prints {:?}, which is not the version of a Firefox", browser.version)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locate::Search;
    use precall_support::browser_kind::BrowserKind;

    #[test]
    fn an_unusable_program_is_refused_with_the_reason() {
        for (path, reason) in [("/bin/ls", "--version"), ("/no/such/program", "cannot be run")] {
            let (named, cache) = (Some(Path::new(path)), Path::new("/nowhere"));
            let search = Search { kind: BrowserKind::Firefox, named, cache, version: None };
            let error = search.of(&FIREFOX_PLACES).expect_err("refused").to_string();
            assert!(error.contains(reason) && error.contains("--firefox"), "{error}");
        }
    }
}
