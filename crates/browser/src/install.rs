//! Installs a browser: with the system's package manager if precall may use it, or else through npm, which has every
//! version.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::error::BrowserError;
use super::install_target::InstallTarget;
use super::kinds::locate;
use super::locate::{BY_VERSION, INSTALLED, InstalledBrowser, Search};
use precall_support::browser_kind::BrowserKind;
use precall_support::directories::TEMPORARY_FIX;
use precall_support::npm::{companion, is_on_path};
use precall_support::secrets::remove_own_variables;

/// The commands that install a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallPlan {
    /// The commands in order, each a program with its arguments.
    pub commands: Vec<Vec<String>>,
}

/// Decides how to install a browser on this machine. `npx`, which comes with npm, is looked up on the `PATH`.
///
/// # Errors
///
/// If there is neither a package manager that precall may use nor npm.
pub fn plan_install(target: &InstallTarget, cache: &Path) -> Result<InstallPlan, BrowserError> {
    // Ubuntu's packages of browsers are snaps. A snap cannot see precall's directories, and does not run in
    // containers.
    let is_ubuntu = std::fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line.trim_matches('"') == "ID=ubuntu"));
    plan(target, cache, nix::unistd::geteuid().is_root(), |program| {
        is_on_path(program) && !(is_ubuntu && program == "apt-get")
    })
}

fn plan(
    target: &InstallTarget,
    cache: &Path,
    is_root: bool,
    has: impl Fn(&str) -> bool,
) -> Result<InstallPlan, BrowserError> {
    let command = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let (of_debian, of_others) = match target.kind {
        BrowserKind::Chrome => ("chromium", "chromium"),
        BrowserKind::Firefox => ("firefox-esr", "firefox"),
    };
    let managers: [(&str, Vec<Vec<String>>); 4] = [
        ("apt-get", vec![command(&["apt-get", "update"]), command(&["apt-get", "install", "-y", of_debian])]),
        ("dnf", vec![command(&["dnf", "install", "-y", of_others])]),
        ("pacman", vec![command(&["pacman", "-Sy", "--noconfirm", of_others])]),
        ("apk", vec![command(&["apk", "add", of_others])]),
    ];
    // A package manager has one version of a browser.
    let has_any = target.release.is_none();
    if has_any
        && is_root
        && let Some((_, commands)) = managers.iter().find(|(name, _)| has(name))
    {
        return Ok(InstallPlan { commands: commands.clone() });
    }
    if has("npx") {
        let path = cache.join(if has_any { INSTALLED } else { BY_VERSION });
        let path = path.to_string_lossy();
        let build = target.release.as_ref().map_or_else(|| "stable".to_owned(), |release| release.build(target.kind));
        let build = format!("{}@{build}", target.kind.word());
        let words = ["npx", "--yes", "@puppeteer/browsers@2", "install", &build, "--path", &path];
        return Ok(InstallPlan { commands: vec![command(&words)] });
    }
    if !has_any {
        return Err(BrowserError::Install(
            "a browser of a given version needs npm; install Node.js with npm".to_owned(),
        ));
    }
    let by_hand = managers.iter().find(|(name, _)| has(name)).map(|(_, commands)| {
        commands.iter().map(|words| format!("sudo {}", words.join(" "))).collect::<Vec<_>>().join(" && ")
    });
    Err(BrowserError::Install(match by_hand {
        Some(line) => format!("this needs root rights or npm; run `{line}`"),
        None => format!(
            "the host has neither a package manager that precall knows nor npm; install {} by hand",
            target.kind.name()
        ),
    }))
}

/// Runs the commands of a plan, passes each line that they print to `line`, and locates the installed browser: the
/// one that the installer of npm names, or else the one that is found.
///
/// # Errors
///
/// If a command cannot be run or fails, or if no browser is there afterwards.
pub async fn install(
    target: &InstallTarget,
    plan: &InstallPlan,
    cache: &Path,
    mut line: impl FnMut(&str),
) -> Result<InstalledBrowser, BrowserError> {
    let mut installed = None;
    for words in &plan.commands {
        let text = words.join(" ");
        let fail = |reason: String| BrowserError::Install(format!("`{text}` {reason}"));
        let (program, arguments) = words.split_first().ok_or_else(|| fail("is empty".to_owned()))?;
        // `npx` must not read the settings of the project in the current directory.
        let (mut command, _directory) = match program.as_str() {
            "npx" => companion(program).map(|(command, directory)| (Command::from(command), Some(directory))),
            _ => Ok((Command::new(program), None)),
        }
        .map_err(|error| fail(format!("cannot be run: {error}; {TEMPORARY_FIX}")))?;
        remove_own_variables(command.as_std_mut());
        let mut child = command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| fail(format!("cannot be run: {error}")))?;
        if let Some(output) = child.stdout.take() {
            let mut lines = BufReader::new(output).lines();
            while let Ok(Some(text)) = lines.next_line().await {
                line(&text);
                installed = named_program(&text).or(installed);
            }
        }
        let status = child.wait().await.map_err(|error| fail(error.to_string()))?;
        if !status.success() {
            return Err(fail(format!("failed ({status}); what it printed above says why")));
        }
    }
    let version = target.release.as_ref().and_then(|release| release.version());
    let named = installed.as_deref().filter(|_| target.release.is_some());
    locate(&Search { kind: target.kind, named, cache, version })
}

/// Returns the program that a line of npm's installer names: `chrome@140.0.7339.82 /path/to/chrome`.
fn named_program(line: &str) -> Option<PathBuf> {
    let (build, path) = line.split_once(' ')?;
    let path = Path::new(path.trim());
    (build.contains('@') && path.is_absolute() && path.is_file()).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(target: &str, is_root: bool, programs: &[&str]) -> Result<String, String> {
        let target = target.parse().expect("a target");
        plan(&target, Path::new("/cache"), is_root, |program| programs.contains(&program))
            .map(|plan| plan.commands.iter().map(|words| words.join(" ")).collect::<Vec<_>>().join(" && "))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn root_installs_with_the_package_manager() {
        let line = "apt-get update && apt-get install -y chromium";
        assert_eq!(planned("chrome", true, &["apt-get", "npx"]).as_deref(), Ok(line));
        assert_eq!(planned("chrome", true, &["dnf"]).as_deref(), Ok("dnf install -y chromium"));
    }

    #[test]
    fn other_users_install_chrome_for_testing_through_npm() {
        let line = "npx --yes @puppeteer/browsers@2 install chrome@stable --path /cache/browsers";
        assert_eq!(planned("chrome", false, &["apt-get", "npx"]).as_deref(), Ok(line));
    }

    #[test]
    fn versions_are_installed_through_npm_and_apart() {
        let line = "npx --yes @puppeteer/browsers@2 install chrome@140 --path /cache/browser-versions";
        assert_eq!(planned("chrome@140", true, &["apt-get", "npx"]).as_deref(), Ok(line));
        let line = "npx --yes @puppeteer/browsers@2 install firefox@stable_140.0 --path /cache/browser-versions";
        assert_eq!(planned("firefox@140", false, &["npx"]).as_deref(), Ok(line));
        assert!(planned("chrome@140", true, &["apt-get"]).expect_err("no way").contains("Node.js"));
    }

    #[test]
    fn the_error_names_the_manual_step_if_nothing_can_install() {
        let by_hand = planned("chrome", false, &["apt-get"]).expect_err("no way");
        assert!(by_hand.contains("sudo apt-get install -y chromium"), "{by_hand}");
        assert!(planned("chrome", true, &[]).expect_err("no way").contains("by hand"));
    }
}
