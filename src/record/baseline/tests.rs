use std::fs;
use std::os::unix::fs::symlink;

use super::*;
use crate::record::directory::CASES;
use precall_support::files::fail_after;

/// A run with one case.
fn run(base: &Path, name: &str) -> PathBuf {
    let run = base.join(name);
    let case = run.join(CASES).join("clean");
    fs::create_dir_all(&case).expect("made");
    fs::write(run.join(RESULTS), include_str!("../../../tests/fixtures/results.json")).expect("written");
    fs::write(case.join("samples.jsonl"), name).expect("written");
    fs::write(case.join("rtc-stats.jsonl"), "much").expect("written");
    run
}

#[test]
fn baseline_keeps_samples_and_is_replaced_on_request() {
    let base = tempfile::tempdir().expect("a directory");
    let directory = base.path().join("baselines");
    let (first, second) = (run(base.path(), "one"), run(base.path(), "two"));
    let path = save_baseline(&first, &directory, "main", false).expect("kept");
    let samples = || fs::read_to_string(path.join("cases/clean/samples.jsonl")).expect("samples");
    assert_eq!(samples(), "one");
    assert!(!path.join("cases/clean/rtc-stats.jsonl").exists());
    let taken = save_baseline(&second, &directory, "main", false).expect_err("taken");
    assert!(matches!(taken, BaselineError::Exists { .. }), "{taken}");
    save_baseline(&second, &directory, "main", true).expect("replaced");
    assert_eq!(samples(), "two");
    let baseline = read_baseline(&directory, "main").expect("read");
    assert_eq!(baseline.result.cases.len(), 2);
    assert!(baseline.run.ends_with("two") && !baseline.saved_at.is_empty());
    assert_eq!(baselines(&directory), ["main"], "nothing else is left");
    assert_eq!(names(&directory), [".lock", "main"]);
}

#[test]
fn invalid_and_missing_baselines_are_refused() {
    let base = tempfile::tempdir().expect("a directory");
    for wrong in ["", "../x", ".x", "a/b"] {
        assert!(matches!(read_baseline(base.path(), wrong), Err(BaselineError::Name(_))), "{wrong}");
    }
    let missing = read_baseline(base.path(), "main").expect_err("missing");
    assert!(matches!(&missing, BaselineError::Missing { names, .. } if names.is_empty()), "{missing}");
    save_baseline(&run(base.path(), "one"), base.path(), "old", false).expect("kept");
    let missing = read_baseline(base.path(), "main").expect_err("missing").to_string();
    assert!(missing.ends_with("there are old"), "{missing}");
}

/// The names in a directory.
fn names(directory: &Path) -> Vec<std::ffi::OsString> {
    Directory::open(directory).and_then(|directory| directory.names()).expect("read")
}

#[test]
fn replacement_is_atomic_at_every_step() {
    let base = tempfile::tempdir().expect("a directory");
    let directory = base.path().join("baselines");
    let (first, second) = (run(base.path(), "one"), run(base.path(), "two"));
    let mut steps = 0;
    loop {
        save_baseline(&first, &directory, "main", true).expect("kept");
        fail_after(Some(steps));
        let saved = save_baseline(&second, &directory, "main", true);
        fail_after(None);
        let baseline = read_baseline(&directory, "main").expect("one of them is there");
        let samples = fs::read_to_string(baseline.path.join("cases/clean/samples.jsonl")).expect("samples");
        assert_eq!(samples, if baseline.run.ends_with("one") { "one" } else { "two" }, "after {steps} steps");
        assert_eq!(baselines(&directory), ["main"]);
        if saved.is_ok() {
            assert_eq!(samples, "two");
            break;
        }
        steps += 1;
    }
    assert!(steps > 20, "{steps}");
    assert_eq!(names(&directory), [".lock", "main"]);
}

#[test]
fn concurrent_saves_take_turns() {
    let base = tempfile::tempdir().expect("a directory");
    let directory = base.path().join("baselines");
    let runs: Vec<_> = (0..8).map(|number| run(base.path(), &number.to_string())).collect();
    std::thread::scope(|scope| {
        let saved: Vec<_> =
            runs.iter().map(|run| scope.spawn(|| save_baseline(run, &directory, "main", true))).collect();
        for saved in saved {
            saved.join().expect("no panic").expect("kept");
        }
    });
    assert_eq!(names(&directory), [".lock", "main"]);
    read_baseline(&directory, "main").expect("read");
}

#[test]
fn links_are_not_copied_into_a_baseline() {
    let base = tempfile::tempdir().expect("a directory");
    let directory = base.path().join("baselines");
    let secret = base.path().join("secret");
    fs::write(&secret, "mine").expect("written");
    for (number, place) in ["cases/clean/samples.jsonl", "cases/clean", "plan.json"].into_iter().enumerate() {
        let run = run(base.path(), &number.to_string());
        let place = run.join(place);
        if place.is_dir() {
            fs::remove_dir_all(&place).expect("removed");
        } else {
            let _ = fs::remove_file(&place);
        }
        symlink(&secret, &place).expect("a link");
        let error = save_baseline(&run, &directory, "main", false).expect_err("refused").to_string();
        assert!(error.contains("is a symbolic link"), "{error}");
        assert_eq!(names(&directory), [".lock"]);
    }
    symlink(base.path(), directory.join("linked")).expect("a link");
    let error = read_baseline(&directory, "linked").expect_err("refused").to_string();
    assert!(error.contains("`linked` is a symbolic link"), "{error}");
}
