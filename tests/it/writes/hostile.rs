//! Resume is refused before anything is changed.

use std::path::{Path, PathBuf};

use super::contents;
use crate::common::{Workspace, recorded, said};

/// A run that was interrupted in its second case, of a scenario that is there, as its plan says.
fn interrupted(workspace: &Workspace) -> PathBuf {
    let scenario = "[matrix]\nsdk = [\"2.27.6\", \"2.35.2\"]\nnetwork = [\"lte\", \"3g\", \"loss-bursts\"]\n\
        [[case]]\nname = \"call\"\n[profiles.loss-bursts]\nloss = \"2 %\"\n";
    let path = workspace.scenario(scenario);
    let digest = precall_scenario::load(&path).unwrap_or_else(|error| panic!("{error}")).digest;
    let run = super::part(&workspace.path().join("run"), 0..6, "interrupted");
    let plan = std::fs::read_to_string(run.join("plan.json")).expect("a plan");
    let mut plan: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    plan["scenarios"] = serde_json::json!([path]);
    plan["scenarioDigest"] = digest.into();
    std::fs::write(run.join("plan.json"), plan.to_string()).expect("written");
    let unfinished = Path::new("cases").join(plan["cases"][1].as_str().expect("an id"));
    std::fs::remove_file(run.join(unfinished).join("result.json")).expect("removed");
    let events = run.join("events.jsonl");
    let text = std::fs::read_to_string(&events).expect("events");
    std::fs::write(&events, format!("{text}{{\"at\":\"2026-")).expect("written");
    run
}

#[test]
fn a_refused_resume_leaves_every_byte() {
    type Change = fn(&Workspace);
    let cases: [(&str, i32, &str, Change); 5] = [
        ("the scenario is gone", 3, "is missing or not valid", |workspace| {
            std::fs::remove_file(workspace.path().join("test.toml")).expect("removed");
        }),
        ("the scenario has changed", 3, "has changed since", |workspace| {
            let path = workspace.path().join("test.toml");
            let text = std::fs::read_to_string(&path).expect("read");
            std::fs::write(path, text.replace("2 %", "3 %")).expect("written");
        }),
        ("there is no Chrome", 4, "/no/chrome", |_| {}),
        ("it is another precall's", 3, "is missing or not valid", |workspace| {
            let plan = workspace.path().join("run/plan.json");
            let text = std::fs::read_to_string(&plan).expect("a plan");
            let path = workspace.path().join("test.toml");
            std::fs::write(plan, text.replace(&*path.to_string_lossy(), "/etc/passwd")).expect("written");
        }),
        ("it is a pipe", 3, "is missing or not valid", |workspace| {
            let path = workspace.path().join("test.toml");
            std::fs::remove_file(&path).expect("removed");
            nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("made");
        }),
    ];
    for (what, code, reason, change) in cases {
        let workspace = Workspace::new();
        let run = interrupted(&workspace);
        change(&workspace);
        let before = contents(&run);
        let mut command = workspace.precall(&["run", "--resume", "run"]);
        let output = command.env("PRECALL_CHROME", "/no/chrome").output().expect("runs");
        assert_eq!(output.status.code(), Some(code), "{what}: {}", said(&output));
        assert!(said(&output).contains(reason) && !said(&output).contains("root:"), "{what}: {}", said(&output));
        assert_eq!(contents(&run), before, "{what}");
    }
}

#[test]
fn nothing_reads_through_a_link() {
    let workspace = Workspace::new();
    let secret = workspace.path().join("secret");
    std::fs::write(&secret, "hunter2\n").expect("written");
    let run = super::part(&workspace.path().join("run"), 0..2, "passed");
    let case = std::fs::read_dir(run.join("cases")).expect("cases").flatten().next().expect("a case").path();
    std::fs::remove_file(case.join("samples.jsonl")).expect("removed");
    std::os::unix::fs::symlink(&secret, case.join("samples.jsonl")).expect("a link");
    for arguments in [
        &["report", "run", "--format", "json"][..],
        &["merge", "run"],
        &["baseline", "save", "run", "main"],
        &["run", "--resume", "run"],
    ] {
        let output = workspace.precall(arguments).output().expect("runs");
        let text = said(&output);
        assert!(matches!(output.status.code(), Some(2 | 4)), "{arguments:?}: {text}");
        assert!(text.contains("samples.jsonl") && text.contains("is a symbolic link"), "{arguments:?}: {text}");
        assert!(!text.contains("hunter2"), "{arguments:?}: {text}");
    }
    assert!(recorded::run().exists() && !workspace.path().join("runs").exists());
}
