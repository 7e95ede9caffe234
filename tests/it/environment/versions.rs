//! Browsers of a given version. A script stands for npm's installer, which downloads from servers that tests must not
//! depend on; it makes the directories that the installer makes, with a script for a Chrome.

use std::path::Path;
use std::process::Output;

use super::{precall, script};
use crate::common::{Workspace, said};

/// Installs a Chrome that prints the version 140 and does not start.
const INSTALLER: &str = r#"
for word; do case $word in chrome@*) build=$word;; /*) root=$word;; esac; done
directory="$root/chrome/linux-140.0.7339.82/chrome-linux64"
/bin/mkdir -p "$directory"
/bin/cat > "$directory/chrome" <<'X'
#!/bin/sh
case $1 in --version) echo Google Chrome for Testing 140.0.7339.82; exit;; esac
echo this is the one of version 140 >&2; exit 1
X
/bin/chmod +x "$directory/chrome"
echo "Downloading $build"
echo "chrome@140.0.7339.82 $directory/chrome"
"#;

/// Runs precall with these programs and no others: another Chrome, of version 156, a Firefox of version 140, and npm's
/// installer.
fn run(workspace: &Workspace, arguments: &[&str]) -> Output {
    let bin = workspace.path().join("bin");
    script(&bin, "chrome", "echo Chromium 156.0.0.0; echo this is the one of version 156 >&2; test \"$1\" = --version");
    script(&bin, "firefox", "echo Mozilla Firefox 140.10.2esr; test \"$1\" = --version");
    script(&bin, "npx", INSTALLER);
    precall(workspace, arguments)
        .env_remove("PRECALL_CHROME")
        .env("PATH", bin)
        .env("PRECALL_CACHE_DIR", workspace.path().join("cache"))
        .output()
        .expect("runs")
}

fn scenario(workspace: &Workspace, version: &str) -> String {
    std::fs::write(workspace.path().join("opentok.js"), "").expect("written");
    let text = format!("sdk.path = \"opentok.js\"\n{version}\n[[case]]\nname = \"a\"\n");
    workspace.scenario(&text).to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_version_that_is_not_there_is_told_with_what_is_and_the_way_to_it() {
    let workspace = Workspace::new();
    let bin = workspace.path().join("bin");
    // One that cannot be used does not hide the others.
    script(&bin, "chromium", "echo I am not a browser; exit 1");
    let output = run(&workspace, &["run", &scenario(&workspace, "browser.version = \"140\"")]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    let reason = format!("no Chrome 140 found, but Chromium 156.0.0.0 at {}", bin.join("chrome").display());
    let broken = format!("{} (", bin.join("chromium").display());
    assert!(said.contains(&reason) && said.contains(&broken), "{said}");
    assert!(said.contains("`precall browser install chrome@140`"), "{said}");
}

#[test]
fn a_version_is_installed_apart_and_runs_only_where_it_is_asked_for() {
    let workspace = Workspace::new();
    for (target, first) in [("chrome@140", true), ("chrome@140", false), ("chrome@beta", true)] {
        let output = run(&workspace, &["browser", "install", target]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(0), "{said}");
        let is_there = said.contains("there is a browser already: Google Chrome for Testing 140.0.7339.82");
        assert_eq!(is_there, !first, "{said}");
        let how = "scenarios run in it with `browser = { kind = \"chrome\", version = \"140.0.7339.82\" }`";
        assert_eq!(said.contains(how) && said.contains(&format!("Downloading {target}")), first, "{said}");
    }
    assert!(Path::new(&workspace.path().join("cache/browser-versions/chrome")).is_dir());
    for (version, runs) in [("browser.version = \"140.0\"", "140"), ("", "156"), ("browser.version = \"156\"", "156")] {
        let said = said(&run(&workspace, &["run", &scenario(&workspace, version)]));
        assert!(said.contains(&format!("this is the one of version {runs}")), "{version}: {said}");
    }
}

/// An older Firefox ignores the proxy of a page, so its case would never meet its network.
#[test]
fn an_old_firefox_is_refused_before_the_run_where_a_page_needs_a_proxy() {
    let workspace = Workspace::new();
    let direct = "browser = \"firefox\"\nplatform.access = \"intercept\"";
    let output = run(&workspace, &["run", &scenario(&workspace, direct)]);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    let reason = "Mozilla Firefox 140.10.2esr cannot give a page a proxy";
    assert!(said.contains(reason) && said.contains("install Firefox 141 or newer"), "{said}");
    assert!(!workspace.path().join("runs").exists(), "no case has begun");
}
