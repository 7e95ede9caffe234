use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;

use super::*;

fn plan(cases: &[&str]) -> RunPlan {
    let ids: Vec<_> = cases.iter().map(|id| (*id).to_owned()).collect();
    RunPlan {
        scenarios: Vec::new(),
        scenario_names: Vec::new(),
        scenario_digest: String::new(),
        sdks: Vec::new(),
        modules: Vec::new(),
        filters: Vec::new(),
        shard: None,
        networks: Vec::new(),
        repeat: None,
        browser: None,
        gate: None,
        releases: Default::default(),
        tags: Default::default(),
        planned: ids.clone(),
        cases: ids,
    }
}

fn recorded_case(id: &str, outcome: &str) -> String {
    let run: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
    let mut case = run["cases"][0].clone();
    case["case"] = id.into();
    case["outcome"] = outcome.into();
    case.to_string()
}

/// A run of the cases `done`, `interrupted`, `torn` and `never`, as a dead machine leaves it.
fn left() -> (tempfile::TempDir, PathBuf) {
    let base = tempfile::tempdir().expect("a directory");
    let run = RunDirectory::create(base.path(), "x", "2026").expect("a run");
    run.write_plan(&plan(&["done", "interrupted", "torn", "never"])).expect("written");
    for (id, text) in [
        ("done", recorded_case("done", "failed")),
        ("interrupted", recorded_case("interrupted", "interrupted")),
        ("torn", "{\"case\": \"to".to_owned()),
    ] {
        let case = run.path().join(case_path(id));
        fs::create_dir_all(&case).expect("made");
        fs::write(case.join("result.json"), text).expect("written");
    }
    let lines = [
        r#"{"at":"2026-01-02T03:00:00.000Z","event":"runStarted"}"#,
        r#"{"at":"2026-01-02T03:00:30.000Z","event":"caseFinished"}"#,
        r#"{"at":"2026-01-02T04:00:00.000Z","event":"runStarted"}"#,
        r#"{"at":"2026-01-02T04:00:05.000Z","event":"caseStarted"}"#,
        r#"{"at":"2026-01-02T04:0"#,
    ];
    fs::write(run.path().join(EVENTS), lines.join("\n")).expect("written");
    let path = run.path().to_owned();
    (base, path)
}

/// Everything below a directory: the text of files, and where links lead to.
fn contents(path: &Path) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(path).expect("read").flatten() {
        let path = entry.path();
        if path.is_symlink() {
            all.insert(path.clone(), format!("{:?}", fs::read_link(&path)));
        } else if path.is_dir() {
            all.insert(path.clone(), "a directory".to_owned());
            all.extend(contents(&path));
        } else {
            let text = fs::read_to_string(&path).expect("read");
            all.insert(path, text);
        }
    }
    all
}

#[test]
fn resume_keeps_ended_cases_and_moves_the_rest() {
    let (_base, path) = left();
    let before = contents(&path);
    let run = LeftRun::read(&path).expect("read");
    assert_eq!(run.finished.iter().map(|result| result.case.as_str()).collect::<Vec<_>>(), ["done"]);
    assert_eq!(run.duration, Duration::from_secs(35));
    drop(run);
    assert_eq!(contents(&path), before, "reading it changes nothing");

    let directory = LeftRun::read(&path).expect("read").begin().expect("begun");
    let names = |below: &str| directory_names(&path.join(below));
    assert_eq!(names("cases"), ["done"]);
    assert_eq!(names("unfinished"), ["interrupted", "torn"]);
    let kept = fs::read_to_string(path.join("unfinished/torn/1/result.json")).expect("kept");
    assert_eq!(kept, "{\"case\": \"to");
    directory.lines(EVENTS).and_then(|mut lines| lines.append(&1)).expect("appended");
    let events = fs::read_to_string(path.join(EVENTS)).expect("events");
    assert!(events.ends_with("caseStarted\"}\n1\n"), "{events}");
}

fn directory_names(path: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(path)
        .expect("read")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn newest_unfinished_attempts_are_kept() {
    let (_base, path) = left();
    for attempt in 1..=5 {
        fs::create_dir_all(path.join("cases/torn")).expect("made");
        fs::write(path.join("cases/torn/samples.jsonl"), format!("{attempt}")).expect("written");
        LeftRun::read(&path).expect("read").begin().expect("begun");
    }
    assert_eq!(directory_names(&path.join("unfinished/torn")), ["3", "4", "5"]);
    assert_eq!(fs::read_to_string(path.join("unfinished/torn/5/samples.jsonl")).expect("read"), "5");
}

#[test]
fn run_has_one_writer() {
    let (_base, path) = left();
    let first = LeftRun::read(&path).expect("read");
    assert!(matches!(LeftRun::read(&path), Err(ResumeError::Busy(_))));
    drop(first);
    assert!(LeftRun::read(&path).is_ok());
    // A run that was copied without its hidden files.
    fs::remove_file(path.join(LOCK)).expect("removed");
    let (first, second) = (LeftRun::read(&path).expect("read"), LeftRun::read(&path).expect("read"));
    let directory = first.begin().expect("begun");
    assert!(matches!(second.begin(), Err(ResumeError::Busy(_))));
    drop(directory);
}

#[test]
fn directory_without_a_run_is_refused() {
    let base = tempfile::tempdir().expect("a directory");
    let error = LeftRun::read(base.path()).expect_err("no run").to_string();
    assert!(error.contains("is no run directory") && error.contains("plan.json"), "{error}");
}

#[test]
fn hostile_run_changes_nothing_outside() {
    for (place, target, reason) in [
        ("cases", "victim", "`cases` is a symbolic link, not a directory"),
        ("cases/torn", "victim/torn", "torn` is a symbolic link"),
        ("cases/torn/samples.jsonl", "victim/thesis", "samples.jsonl` is a symbolic link"),
        ("events.jsonl", "victim/thesis", "`events.jsonl` is a symbolic link"),
        ("results.json", "victim/thesis", "`results.json` is a symbolic link"),
        ("plan.json", "victim/thesis", "`plan.json` is a symbolic link"),
        (".lock", "victim/none", "`.lock` is a symbolic link"),
        ("unfinished", "victim", "`unfinished` is a symbolic link, not a directory"),
    ] {
        let (base, path) = left();
        let victim = base.path().join("victim");
        fs::create_dir_all(victim.join("torn")).expect("made");
        fs::write(victim.join("thesis"), "without a line end").expect("written");
        fs::write(victim.join("torn/thesis"), "mine").expect("written");
        let place = path.join(place);
        if place.is_dir() {
            fs::remove_dir_all(&place).expect("removed");
        } else {
            let _ = fs::remove_file(&place);
        }
        symlink(base.path().join(target), &place).expect("a link");
        let before = contents(base.path());
        let error = LeftRun::read(&path).expect_err("refused").to_string();
        assert!(error.contains(reason), "{reason} in {error}");
        assert_eq!(contents(base.path()), before, "{}", place.display());
    }
}

#[test]
fn ids_stay_below_the_run() {
    let (base, path) = left();
    let all = |cases: &[&str]| {
        fs::write(path.join(PLAN), serde_json::to_string(&plan(cases)).expect("JSON")).expect("written");
        LeftRun::read(&path)
    };
    let twice = all(&["a/b", "a_b"]).expect_err("refused").to_string();
    assert!(twice.contains("two cases whose directory is that of a_b"), "{twice}");
    let outside = base.path().join("outside");
    fs::write(&outside, "mine").expect("written");
    all(&["..", "../../outside", "."]).expect_err("refused");
    all(&["..", "../../outside"]).expect("read").begin().expect("begun");
    assert_eq!(fs::read_to_string(outside).expect("read"), "mine");
}
