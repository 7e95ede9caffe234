//! Locates browsers on the host.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::error::BrowserError;
use precall_support::browser_kind::BrowserKind;
use precall_support::directories::check_cache;
use precall_support::environment;
use precall_support::secrets::remove_own_variables;

/// How long a program has to print its version. A cold start on a busy host takes 3 s.
const VERSION_LIMIT: Duration = Duration::from_secs(20);

/// A browser that is installed on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledBrowser {
    /// The path of its program.
    pub path: PathBuf,
    /// The version that it prints: `Chromium 156.0.8078.79`.
    pub version: String,
}

impl InstalledBrowser {
    /// Returns the major version, as in 156. `None` if the version has no number.
    pub fn major(&self) -> Option<u32> {
        self.number()?.split('.').next()?.parse().ok()
    }

    /// Returns the number of the version, as in `156.0.8078.79`. `None` if the version has none.
    pub fn number(&self) -> Option<&str> {
        let word = self.version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        // Firefox has `128.5.0esr` and `142.0a1`.
        word.split(|c: char| c.is_ascii_alphabetic()).next()
    }

    /// Returns whether the version is the one that is asked for: `156`, or more of its parts, as in `156.0.8078`.
    pub fn has_version(&self, wanted: &str) -> bool {
        let mut parts = self.number().unwrap_or_default().split('.');
        wanted.split('.').all(|part| parts.next() == Some(part))
    }
}

/// What is looked for on the host.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The kind of browser.
    pub kind: BrowserKind,
    /// The path of its program. `None` for the first one found.
    pub named: Option<&'a Path>,
    /// The directory in which precall installs browsers.
    pub cache: &'a Path,
    /// The version that it must have: `156`, or more of its parts. `None` for any; then a browser that was installed
    /// for its version is no candidate.
    pub version: Option<&'a str>,
}

/// How the browsers of a kind are found.
pub(super) struct BrowserPlaces {
    /// The names of its programs on the `PATH`, in order of preference.
    pub names: &'static [&'static str],
    /// Other paths of its programs.
    pub others: &'static [&'static str],
    /// Returns the programs that the installer put into a directory of one version.
    pub installed: fn(&Path) -> Vec<PathBuf>,
    /// Checks whether a program is a browser that can be used. The error says why it cannot be.
    pub inspect: fn(&Path) -> Result<InstalledBrowser, String>,
}

impl Search<'_> {
    /// Searches these places: for the named program, or else for one in the cache, on the `PATH`, or elsewhere.
    ///
    /// # Errors
    ///
    /// If there is no browser, or if the named one cannot be used. If none of several can be used, the error explains
    /// the preferred one; where some have another version than the wanted one, it names them all.
    pub(super) fn of(&self, places: &BrowserPlaces) -> Result<InstalledBrowser, BrowserError> {
        let unusable = |path: &Path, reason| BrowserError::Unusable { kind: self.kind, path: path.to_owned(), reason };
        let has_version = |browser: &InstalledBrowser| self.version.is_none_or(|wanted| browser.has_version(wanted));
        if let Some(path) = self.named {
            let browser = (places.inspect)(&program(path)).map_err(|reason| unusable(path, reason))?;
            return match has_version(&browser) {
                true => Ok(browser),
                false => Err(BrowserError::NamedVersion {
                    kind: self.kind,
                    version: self.version.unwrap_or_default().to_owned(),
                    path: path.to_owned(),
                    found: browser.version,
                }),
            };
        }
        let (mut others, mut failures) = (Vec::new(), Vec::new());
        for path in self.candidates(places).into_iter().filter(|path| path.is_file()) {
            match (places.inspect)(&path) {
                Ok(browser) if has_version(&browser) => return Ok(browser),
                Ok(browser) => others.push(format!("{} at {}", browser.version, path.display())),
                Err(reason) => failures.push((path, reason)),
            }
        }
        let version = self.version.map(str::to_owned);
        if let Some(version) = version.as_ref().filter(|_| !others.is_empty()) {
            let broken = failures.iter().map(|(path, reason)| format!("{} ({reason})", path.display()));
            let others = others.into_iter().chain(broken).collect::<Vec<_>>().join(", ");
            return Err(BrowserError::NoVersion { kind: self.kind, version: version.clone(), others });
        }
        Err(match failures.into_iter().next() {
            // The preferred one is reported: it may be the one that was asked for.
            Some((path, reason)) => unusable(&path, reason),
            None => BrowserError::NotFound { kind: self.kind, version, looked_for: places.names.join(", ") },
        })
    }

    fn candidates(&self, places: &BrowserPlaces) -> Vec<PathBuf> {
        let path = environment::variable("PATH");
        let directories: Vec<PathBuf> = path.iter().flat_map(std::env::split_paths).collect();
        // The order of names is more important than the order of directories.
        let on_path =
            places.names.iter().flat_map(|name| directories.iter().map(move |directory| directory.join(name)));
        // Another user may have put a program in the place of the cache.
        let installed = if check_cache(self.cache).is_ok() { self.installed(places) } else { Vec::new() };
        installed.into_iter().chain(on_path).chain(places.others.iter().map(PathBuf::from)).collect()
    }

    /// Returns the programs that precall has installed, the newest version first. They are in the layout of the
    /// installer: `<kind>/<platform>-<version>/`.
    fn installed(&self, places: &BrowserPlaces) -> Vec<PathBuf> {
        let for_version = self.version.map(|_| self.cache.join(BY_VERSION));
        let roots = for_version.into_iter().chain([self.cache.join(INSTALLED)]);
        let list = |path: PathBuf| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        let newest_first = |root: PathBuf| {
            let mut versions: Vec<_> = list(root.join(self.kind.word())).collect();
            versions.sort_by_key(|directory| std::cmp::Reverse(numbers(directory)));
            versions
        };
        roots.flat_map(newest_first).flat_map(|directory| (places.installed)(&directory)).collect()
    }
}

/// The directory in the cache with a browser of any version, for a host without one.
pub(super) const INSTALLED: &str = "browsers";

/// The directory in the cache with the browsers that were installed for their version. A scenario that asks for no
/// version does not run in them.
pub(super) const BY_VERSION: &str = "browser-versions";

/// Returns the numbers of the version in the name of a directory, as in `linux-140.0.7339.82`.
fn numbers(directory: &Path) -> Vec<u64> {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    let version = name.rsplit_once('-').map_or(&*name, |(_, version)| version);
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

/// Returns the program that a path names. A name alone is a file of the working directory, if there is one; the system
/// would look for it on the `PATH` only.
pub(super) fn program(named: &Path) -> PathBuf {
    match named.is_file() && named.components().count() == 1 {
        true => Path::new(".").join(named),
        false => named.to_owned(),
    }
}

/// Runs a program with `--version`, and returns its output if it ends in time.
pub(super) fn ask_version(path: &Path) -> Result<Output, String> {
    let mut command = Command::new(path);
    remove_own_variables(&mut command);
    let unrunnable = |error: std::io::Error| format!("it cannot be run: {error}");
    let mut child = command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(unrunnable)?;
    let began = Instant::now();
    // The output is small enough for the pipes' buffers.
    while child.try_wait().map_err(unrunnable)?.is_none() {
        if began.elapsed() > VERSION_LIMIT {
            // It may end at this moment.
            let _ = child.kill();
            let _ = child.wait();
            return Err(format!(
                "`--version` does not end within {} s, so it is not a browser",
                VERSION_LIMIT.as_secs()
            ));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().map_err(unrunnable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_a_major_number() {
        let major = |version: &str| InstalledBrowser { path: PathBuf::new(), version: version.to_owned() }.major();
        assert_eq!(major("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)"), Some(156));
        assert_eq!(major("Google Chrome for Testing 140.0.7339.82"), Some(140));
        assert_eq!(major("nothing"), None);
    }

    #[test]
    fn a_version_begins_with_the_parts_that_are_asked_for() {
        let takes = |wanted: &str, version: &str| {
            InstalledBrowser { path: PathBuf::new(), version: format!("Chromium {version}") }.has_version(wanted)
        };
        assert!(takes("156", "156.0.8078.79") && takes("156.0.8078.79", "156.0.8078.79"));
        assert!(!takes("15", "156.0.8078.79") && !takes("156.0.8078.79.1", "156.0.8078.79") && !takes("", "156"));
    }

    #[test]
    fn the_number_of_a_version_has_no_letters() {
        let number = |version: &str| {
            let browser = InstalledBrowser { path: PathBuf::new(), version: version.to_owned() };
            browser.number().map(str::to_owned)
        };
        assert_eq!(number("Mozilla Firefox 128.5.0esr").as_deref(), Some("128.5.0"));
        assert_eq!(number("Mozilla Firefox 142.0a1").as_deref(), Some("142.0"));
        assert_eq!(number("Chromium 156.0.8078.79 built on Debian").as_deref(), Some("156.0.8078.79"));
    }

    #[test]
    fn newer_versions_come_first() {
        let key = |name: &str| numbers(Path::new(name));
        assert!(key("linux-140.0.7339.82") > key("linux-99.0.4844.51"));
        assert!(key("linux_arm-140.0.7339.100") > key("linux_arm-140.0.7339.82"));
        assert!(key("linux-stable_140.0.2") > key("linux-stable_140.0"));
        assert_eq!(key("linux"), [] as [u64; 0]);
    }
}
