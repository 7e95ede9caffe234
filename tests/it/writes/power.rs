//! What a power cut would leave: by the order of the calls that precall makes of the system, as strace shows it.

use std::collections::BTreeSet;
use std::process::Command;

use super::part;
use crate::common::Workspace;

/// The paths of files that were made and not yet on disk whenever a name was given. `trace` is strace's, with
/// descriptors decoded (`openat(9</a>, "b", …) = 10</a/b>`).
fn unsynced(trace: &str) -> (usize, Vec<String>) {
    let (mut open, mut renames, mut wrong) = (BTreeSet::new(), 0, Vec::new());
    for line in trace.lines() {
        let between = |begin: &str, end: &str| {
            let rest = &line[line.rfind(begin)? + begin.len()..];
            Some(rest[..rest.find(end)?].to_owned())
        };
        if line.contains("openat(") && line.contains("O_CREAT") && !line.contains(".lock") {
            open.extend(between("<", ">"));
        } else if line.contains("fsync(") {
            if let Some(path) = between("<", ">") {
                open.remove(&path);
            }
        } else if line.contains("rename") && line.ends_with("= 0") {
            renames += 1;
            wrong.extend(open.iter().map(|path| format!("{path} is not on disk: {line}")));
        }
    }
    (renames, wrong)
}

#[test]
fn a_file_is_on_disk_before_it_has_its_name() {
    if Command::new("strace").arg("--version").output().is_err() {
        eprintln!("not run: there is no strace");
        return;
    }
    let workspace = Workspace::new();
    part(&workspace.path().join("one"), 0..1, "passed");
    part(&workspace.path().join("two"), 1..2, "passed");
    for arguments in [
        &["report", "one", "--format", "junit", "--output", "out"][..],
        &["baseline", "save", "one", "main"],
        &["baseline", "accept", "two", "main"],
        &["merge", "one", "two"],
    ] {
        let calls = "trace=openat,fsync,fdatasync,rename,renameat,renameat2";
        let precall = workspace.precall(arguments);
        let mut strace = Command::new("strace");
        strace.args(["-f", "-y", "-s", "4096", "-e", calls, "-o", "trace"]).arg(precall.get_program());
        let status =
            strace.args(precall.get_args()).current_dir(workspace.path()).output().expect("strace runs").status;
        let trace = std::fs::read_to_string(workspace.path().join("trace")).expect("a trace");
        if !status.success() && !trace.contains("openat") {
            eprintln!("not run: this machine lets nobody trace");
            return;
        }
        let (renames, wrong) = unsynced(&trace);
        assert!(renames > 0, "{arguments:?}: {trace}");
        assert!(wrong.is_empty(), "{arguments:?}: {wrong:#?}");
    }
}
