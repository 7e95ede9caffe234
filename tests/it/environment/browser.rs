//! A Chrome that does not start, and one that starts although much is missing. Scripts stand for a Chrome whose
//! libraries or sandbox are missing, which would take another system.

use std::path::Path;

use super::{precall, script};
use crate::common::{Workspace, said};

/// What Chromium says without user namespaces.
const NO_SANDBOX: &str =
    "[0101/000000.000000:FATAL:zygote_host_impl_linux.cc(128)] No usable sandbox! If you are running on Ubuntu
#0 0x5581c8d5b4a2 base::debug::CollectStackTrace()
Received signal 6
  r8: 0000000000000000  r9: 00007ffc
[end of stack trace]";

/// What `precall doctor` says of a Chrome.
fn doctor(workspace: &Workspace, chrome: &Path) -> String {
    let mut command = precall(workspace, &["doctor"]);
    said(&command.env("PRECALL_CHROME", chrome).env("PATH", workspace.path()).output().expect("runs"))
}

/// What `precall run` says of a Chrome: with a build on disk, so that npm is not needed.
fn run(workspace: &Workspace, chrome: &Path) -> (String, Option<i32>) {
    std::fs::write(workspace.path().join("opentok.js"), "").expect("written");
    let path = workspace.scenario("[sdk]\npath = \"opentok.js\"\n[[case]]\nname = \"a\"\n");
    let mut command = precall(workspace, &["run", path.to_str().expect("UTF-8")]);
    let output = command.env("PRECALL_CHROME", chrome).output().expect("runs");
    (said(&output), output.status.code())
}

#[test]
fn why_chrome_did_not_start_is_told_in_its_words_by_run_and_doctor_alike() {
    let library = "$0: error while loading shared libraries: libnss3.so: cannot open shared object file: No such file or directory";
    for (says, code, sentence, help) in [
        (library, 127, "error while loading shared libraries: libnss3.so", "the package that has libnss3.so"),
        (NO_SANDBOX, 133, "it printed: No usable sandbox!", "PRECALL_NO_SANDBOX=1"),
    ] {
        // At once, and after a while.
        for wait in ["0", "0.3"] {
            let workspace = Workspace::new();
            let text = format!(
                "case $1 in --version) echo Chromium 156.0.0.0; exit;; esac\n/bin/cat >&2 <<X\n{says}\nX\n/bin/sleep {wait}; exit {code}"
            );
            let chrome = script(workspace.path(), "chrome", &text);
            let (run, exit) = run(&workspace, &chrome);
            assert_eq!(exit, Some(4), "{run}");
            assert!(run.contains(sentence) && run.contains(help), "{run}");
            let start = run.find("Chrome did not start: ").expect("the reason");
            let (reason, _) = run[start..].split_once("; ").expect("what it said");
            let doctor = doctor(&workspace, &chrome);
            assert!(doctor.contains(reason) && doctor.contains(sentence) && doctor.contains(help), "{doctor}");
        }
    }
}

#[test]
fn a_chrome_that_cannot_even_tell_its_version_is_no_missing_chrome() {
    let workspace = Workspace::new();
    let says =
        "echo \"$0: error while loading shared libraries: libgbm.so.1: cannot open shared object file\" >&2; exit 127";
    let chrome = script(workspace.path(), "chromium", says);
    let named = doctor(&workspace, &chrome);
    let mut command = precall(&workspace, &["doctor"]);
    let found = said(&command.env("PATH", workspace.path()).output().expect("runs"));
    for text in [named, found] {
        assert!(text.contains("missing  browser: ") && text.contains("libgbm.so.1: cannot open"), "{text}");
    }
}

#[test]
fn a_chrome_whose_profile_is_elsewhere_is_told_of() {
    let workspace = Workspace::new();
    // It takes the pipe, but not the profile.
    let text = "case $1 in --version) echo Chromium 156.0.0.0; exit;; esac\nprintf '{\"id\":1}\\0' >&4; exec sleep 60";
    let chrome = script(workspace.path(), "chrome", text);
    let mut command = precall(&workspace, &["doctor"]);
    let output = command.env("PRECALL_CHROME", &chrome).output().expect("runs");
    let text = said(&output);
    assert!(text.contains("its profile is not where precall put it") && text.contains("a snap"), "{text}");
}

/// With the real Chrome, all at once: no home, a temporary directory in whose path no socket has room, and proxies in
/// the environment that lead nowhere.
#[test]
fn chrome_starts_in_a_poor_environment() {
    let workspace = Workspace::new();
    let long = workspace.path().join("l".repeat(100));
    std::fs::create_dir_all(&long).expect("made");
    let proxy = "http://127.0.0.1:9";
    let output = precall(&workspace, &["doctor"])
        .env("HOME", "/dev/null/home")
        .env("TMPDIR", &long)
        .envs(
            ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
                .map(|name| (name, proxy)),
        )
        .output()
        .expect("runs");
    let text = said(&output);
    assert!(text.contains("ok  browser: ") && text.contains(", starts"), "{text}");
    assert!(text.contains("ok  temporary directory: "), "{text}");
    assert_eq!(std::fs::read_dir(&long).expect("a directory").count(), 0, "something is left");
}

#[test]
fn a_temporary_directory_that_is_not_there_is_named_with_what_to_do() {
    let workspace = Workspace::new();
    let chrome = script(workspace.path(), "chrome", "echo Chromium 156.0.0.0");
    let mut command = precall(&workspace, &["doctor"]);
    let output = command.env("TMPDIR", "/no/such").env("PRECALL_CHROME", chrome).output().expect("runs");
    let text = said(&output);
    assert_eq!(output.status.code(), Some(4), "{text}");
    for check in ["missing  browser: ", "missing  npm: ", "missing  temporary directory: "] {
        let line = text.split(check).nth(1).unwrap_or_else(|| panic!("{check} in {text}"));
        let line = line.lines().take(2).collect::<Vec<_>>().join(" ");
        assert!(line.contains("/no/such") && line.contains("set TMPDIR"), "{line}");
    }
}

#[test]
fn nothing_is_run_from_a_cache_that_another_user_put_into_the_temporary_directory() {
    let workspace = Workspace::new();
    let user = nix::unistd::geteuid();
    let planted = workspace.path().join(format!("precall-{user}/browsers/chrome/x/y"));
    let mark = workspace.path().join("executed");
    script(&planted, "chrome", &format!("touch {}; echo Chromium 156.0.0.0", mark.display()));
    // Everybody could have written it.
    let cache = workspace.path().join(format!("precall-{user}"));
    std::fs::set_permissions(&cache, std::os::unix::fs::PermissionsExt::from_mode(0o777)).expect("its mode");
    let output = precall(&workspace, &["doctor"])
        .env_remove("PRECALL_CACHE_DIR")
        .env_remove("XDG_CACHE_HOME")
        .env("HOME", "/dev/null/home")
        .env("TMPDIR", workspace.path())
        .env("PATH", workspace.path())
        .output()
        .expect("runs");
    let text = said(&output);
    assert!(!mark.exists(), "a planted browser ran: {text}");
    assert!(text.contains("missing  cache: ") && text.contains("set PRECALL_CACHE_DIR"), "{text}");
}

#[test]
fn a_policy_that_forbids_debugging_is_named_with_its_file() {
    if !nix::unistd::geteuid().is_root() {
        println!("skipped: only root can put a policy where Chrome looks for it, in a mount namespace of its own");
        return;
    }
    let workspace = Workspace::new();
    let chrome = script(workspace.path(), "chrome", "echo Google Chrome 156.0.0.0; sleep 1");
    // Nobody else sees the file.
    let inner = "mkdir -p /etc/opt && mount -t tmpfs none /etc/opt && mkdir -p /etc/opt/chrome/policies/managed && \
                 printf '{\"RemoteDebuggingAllowed\":false}' > /etc/opt/chrome/policies/managed/x.json && exec \"$@\"";
    let precall = precall(&workspace, &["doctor"]);
    let mut command = std::process::Command::new("unshare");
    command.args(["-m", "sh", "-c", inner, "sh"]).arg(precall.get_program()).args(precall.get_args());
    command.env("PRECALL_CHROME", &chrome).env("PRECALL_CACHE_DIR", workspace.path().join("cache"));
    let output = command.current_dir(workspace.path()).output().expect("unshare runs");
    let text = said(&output);
    if text.contains("unshare: ") {
        println!("skipped: no mount namespace can be made here: {text}");
        return;
    }
    assert_eq!(output.status.code(), Some(4), "{text}");
    let wanted = "a policy prevents it: /etc/opt/chrome/policies/managed/x.json sets RemoteDebuggingAllowed to false";
    assert!(text.contains(wanted), "{text}");
}

#[test]
fn a_chrome_that_crashes_as_it_starts_is_started_once_more_and_no_oftener() {
    let chrome = precall_browser::locate_chrome(None, &precall::sdk::cache_directory())
        .expect("Chrome")
        .path
        .display()
        .to_string();
    for (crashes, exit) in [(1, 0), (9, 4)] {
        let workspace = Workspace::new();
        let count = workspace.path().join("starts");
        let text = format!(
            "case $1 in --version) exec {chrome} --version;; esac\necho x >> {0}\n\
             if [ $(/usr/bin/wc -l < {0}) -le {crashes} ]; then kill -SEGV $$; fi\nexec {chrome} \"$@\"",
            count.display()
        );
        let script = script(workspace.path(), "chrome", &text);
        let output = precall(&workspace, &["doctor"]).env("PRECALL_CHROME", script).output().expect("runs");
        assert_eq!(output.status.code(), Some(exit), "{}", said(&output));
        assert_eq!(std::fs::read_to_string(&count).expect("it ran").lines().count(), 2, "{}", said(&output));
    }
}
