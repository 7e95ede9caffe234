//! `precall bisect` in real Chrome. A search that finds something takes longer: `tests/it/nightly/bisect.rs`.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::{Workspace, processes_with, said};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Six repeats of the test of connectivity alone.
const SHORT: &str = "repeat = 6\n[test]\nquality = false\n[[case]]\nname = \"a\"\n[[case]]\nname = \"other\"";

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
}
