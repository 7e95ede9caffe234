//! Locates Firefox on the host.

use std::path::{Path, PathBuf};

use crate::error::BrowserError;
use crate::locate::{InstalledBrowser, VersionCheck, ask_version, program};
use precall_support::directories::check_cache;
use precall_support::environment;

/// The names of Firefox on the `PATH`, in order of preference.
const NAMES: [&str; 2] = ["firefox", "firefox-esr"];

/// Locates a Firefox whose version passes `check`: the named one, or else one that `precall browser install firefox`
/// put into `cache`, or else the first on the `PATH`.
///
/// # Errors
///
/// If there is no Firefox, or if the one that is there cannot be used.
pub(crate) fn locate_firefox(
    named: Option<&Path>,
    cache: &Path,
    check: VersionCheck<'_>,
) -> Result<InstalledBrowser, BrowserError> {
    let inspect = |path: &Path| inspect(path)?.checked(check);
    let unusable = |path: &Path, reason: String| BrowserError::UnusableFirefox { path: path.to_owned(), reason };
    if let Some(path) = named {
        return inspect(&program(path)).map_err(|reason| unusable(path, reason));
    }
    // Another user may have put a program in the place of the cache.
    let installed = if check_cache(cache).is_ok() { installed_in(cache) } else { Vec::new() };
    let path = environment::variable("PATH");
    let directories: Vec<PathBuf> = path.iter().flat_map(std::env::split_paths).collect();
    let on_path = NAMES.iter().flat_map(|name| directories.iter().map(move |directory| directory.join(name)));
    let mut first = None;
    for path in installed.into_iter().chain(on_path).filter(|path| path.is_file()) {
        match inspect(&path) {
            Ok(browser) => return Ok(browser),
            // The error of the preferred one is reported.
            Err(reason) => first = first.or(Some(unusable(&path, reason))),
        }
    }
    Err(first.unwrap_or_else(|| BrowserError::NoFirefox { looked_for: NAMES.join(" and ") }))
}

/// Returns the Firefoxes in precall's own cache, in the layout of the installer:
/// `firefox/<platform-version>/firefox/firefox`.
fn installed_in(cache: &Path) -> Vec<PathBuf> {
    let list = std::fs::read_dir(cache.join("browsers").join("firefox")).into_iter().flatten().flatten();
    let mut found: Vec<_> =
        list.map(|entry| entry.path().join("firefox").join("firefox")).filter(|path| path.is_file()).collect();
    found.sort();
    found.reverse();
    found
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

    #[test]
    fn an_unusable_program_is_refused_with_the_reason() {
        for (path, reason) in [("/bin/ls", "--version"), ("/no/such/program", "cannot be run")] {
            let located = locate_firefox(Some(Path::new(path)), Path::new("/nowhere"), &|_| Ok(()));
            let error = located.expect_err("refused").to_string();
            assert!(error.contains(reason) && error.contains("--firefox"), "{error}");
        }
    }
}
