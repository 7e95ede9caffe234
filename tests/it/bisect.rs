//! `precall bisect` in real Chrome. A search that finds something takes longer: `tests/it/nightly/bisect.rs`.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::{Workspace, processes_with, said};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Six repeats of the test of connectivity alone.
const SHORT: &str = "repeat = 6\n[test]\nquality = false\n[[case]]\nname = \"a\"\n[[case]]\nname = \"other\"";

#[test]
fn a_browser_that_is_not_there_is_named() {
    let workspace = Workspace::new();
    let path = workspace.scenario(SHORT);
    let bisect = |browsers: &[&str]| {
        let mut arguments = vec!["bisect", path.to_str().expect("UTF-8"), "--browsers"];
        arguments.extend(browsers);
        workspace.precall(&arguments).output().expect("precall runs")
    };
    let output = bisect(&["test.toml", "none/chrome"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("none/chrome does not exist"), "{}", said(&output));
    assert_eq!(bisect(&["test.toml"]).status.code(), Some(2), "one browser is no range");
}

mod nightly {
    use super::*;

    #[test]
    fn an_interrupted_search_says_so_and_leaves_nothing_behind() {
        let workspace = Workspace::new();
        let path = workspace.scenario(SHORT);
        let temporary = tempfile::tempdir().expect("a directory");
        let child = workspace
            .precall(&["bisect", path.to_str().expect("UTF-8"), "--good", "2.35.1", "--bad", "2.35.2", "--case", "a"])
            .env("TMPDIR", temporary.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("precall runs");
        let began = Instant::now();
        let has_begun = || {
            let runs = std::fs::read_dir(workspace.path().join("runs")).into_iter().flatten().flatten();
            let mut releases = runs.flat_map(|run| std::fs::read_dir(run.path().join("2.35.1"))).flatten().flatten();
            releases.any(|run| run.path().join("cases").exists())
        };
        while !has_begun() {
            assert!(began.elapsed() < Duration::from_secs(60), "no case begins");
            std::thread::sleep(Duration::from_millis(50));
        }
        kill(Pid::from_raw(i32::try_from(child.id()).expect("a process")), Signal::SIGINT).expect("interrupted");
        let output = child.wait_with_output().expect("it ends");
        let said = said(&output);
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(output.stdout.is_empty() && said.contains("interrupted; what ran is in"), "{said}");
        assert_eq!(processes_with(&temporary.path().to_string_lossy()), [] as [String; 0]);
    }

    /// The third browser is the same without the fake devices that precall asks for.
    #[test]
    fn the_browser_that_changed_something_is_found() {
        use std::os::unix::fs::PermissionsExt;
        let workspace = Workspace::new();
        let path = workspace.scenario(SHORT);
        let found = precall_browser::locate_chrome(None, &precall::sdk::cache_directory()).expect("a browser").path;
        let browser = |name: &'static str, left_out: &str| {
            let program = workspace.path().join(name);
            let script = format!(
                "#!/bin/sh\nfor given do\n  shift\n  case $given in {left_out}) ;; *) set -- \"$@\" \"$given\" ;; esac\ndone\n\
                 exec '{}' \"$@\"\n",
                found.display()
            );
            std::fs::write(&program, script).expect("written");
            std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("a program");
            name
        };
        let browsers =
            [browser("chrome-1", "--none"), browser("chrome-2", "--none"), browser("chrome-3", "--use-f*-device-for*")];
        let mut arguments = vec!["bisect", path.to_str().expect("UTF-8"), "--case", "a", "--quiet", "--browsers"];
        arguments.extend(browsers);
        let output = workspace.precall(&arguments).output().expect("precall runs");
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(said(&output).contains("chrome-2 is the last"), "{}", said(&output));
    }
}
