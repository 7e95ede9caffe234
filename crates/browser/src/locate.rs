//! Locates Chrome on the host.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::error::BrowserError;
use super::start_failure::{FailureMode, StartFailure};
use precall_support::directories::check_cache;
use precall_support::environment;
use precall_support::secrets::remove_own_variables;

/// The names of Chrome and related browsers on the `PATH`, in order of preference.
const NAMES: [&str; 7] = [
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
];

/// How long a program has to print its version. A cold start on a busy host takes 3 s.
const VERSION_LIMIT: Duration = Duration::from_secs(20);

/// The usual paths on macOS.
const MACOS: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

/// Checks the number of a version, as in `156.0.8078.79`. The error says which version is wanted.
pub type VersionCheck<'a> = &'a dyn Fn(&str) -> Result<(), String>;

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
        self.version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// Returns the browser if the number of its version passes `check`, or else why it cannot be used.
    pub(super) fn checked(self, check: VersionCheck<'_>) -> Result<Self, String> {
        match self.number().map_or(Ok(()), check) {
            Ok(()) => Ok(self),
            Err(reason) => Err(format!("it is {}, and {reason}", self.version)),
        }
    }
}

/// Locates a browser: the named one, or else one that `precall browser install` put into `cache`, or else the first on
/// the `PATH` or in the usual places of macOS.
///
/// # Errors
///
/// If there is no browser, or if the named one cannot be used. If none of several can be used, the error explains the
/// preferred one.
pub fn locate_chrome(named: Option<&Path>, cache: &Path) -> Result<InstalledBrowser, BrowserError> {
    locate_chrome_of(named, cache, &|_| Ok(()))
}

/// Locates a browser as [`locate_chrome`] does, whose version passes `check`.
pub(super) fn locate_chrome_of(
    named: Option<&Path>,
    cache: &Path,
    check: VersionCheck<'_>,
) -> Result<InstalledBrowser, BrowserError> {
    let inspect = |path: &Path| inspect(path)?.checked(check);
    if let Some(path) = named {
        return inspect(&program(path)).map_err(|reason| BrowserError::Unusable { path: path.to_owned(), reason });
    }
    let path = environment::variable("PATH");
    let on_path =
        path.iter().flat_map(std::env::split_paths).flat_map(|directory| NAMES.map(|name| directory.join(name)));
    // The order of names is more important than the order of directories.
    let mut candidates: Vec<_> = on_path.filter(|path| path.is_file()).collect();
    candidates.sort_by_key(|path| NAMES.iter().position(|name| path.file_name().is_some_and(|file| file == *name)));
    // Another user may have put a program in the place of the cache.
    let installed = if check_cache(cache).is_ok() { installed_in(cache) } else { Vec::new() };
    let macos = MACOS.iter().map(PathBuf::from).filter(|path| path.is_file());
    let mut unusable = None;
    for path in installed.into_iter().chain(candidates).chain(macos) {
        match inspect(&path) {
            Ok(chrome) => return Ok(chrome),
            // The error of the preferred one is reported.
            Err(reason) => unusable = unusable.or(Some(BrowserError::Unusable { path, reason })),
        }
    }
    Err(unusable.unwrap_or_else(|| BrowserError::NotFound {
        looked_for: format!("{} on the PATH, and one installed in {}", NAMES.join(", "), cache.display()),
    }))
}

/// Returns the program that a path names. A name alone is a file of the working directory, if there is one; the system
/// would look for it on the `PATH` only.
pub(super) fn program(named: &Path) -> PathBuf {
    match named.is_file() && named.components().count() == 1 {
        true => Path::new(".").join(named),
        false => named.to_owned(),
    }
}

/// Returns the browsers in precall's own cache, in the layout of the installer:
/// `chrome/<platform-version>/chrome-…/chrome`.
fn installed_in(cache: &Path) -> Vec<PathBuf> {
    let list = |path: PathBuf| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<_> = list(cache.join("browsers").join("chrome"))
        .flat_map(list)
        .map(|directory| directory.join("chrome"))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.reverse();
    found
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
