use super::*;
use crate::history::TrendFilter;
use precall_judge::history::{GroupBy, PastRun, RunState};
use precall_results::{Metric, Outcome, RunResult};

/// Writes a run of a release with these received video bitrates, in kbit/s.
fn write_run(runs: &Path, name: &str, release: &str, kbits: &[f64]) {
    let mut result: RunResult =
        serde_json::from_str(include_str!("../../../tests/fixtures/results.json")).expect("a recorded result");
    result.run.started_at = format!("{}-01-02T03:04:05Z", &name[..4]);
    result.run.scenario = "gate".to_owned();
    let first = result.cases[0].clone();
    result.cases = (1_u32..)
        .zip(kbits)
        .map(|(repeat, kbit)| {
            let mut case = first.clone();
            case.case = format!("clean,repeat={repeat}");
            case.repeat = Some(repeat);
            case.outcome = Outcome::Passed;
            release.clone_into(&mut case.sdk.version);
            case.measured.quality.as_mut().expect("a result").video.bitrate = Some(kbit * 1e3);
            case
        })
        .collect();
    let directory = runs.join(name);
    fs::create_dir_all(&directory).expect("made");
    fs::write(directory.join(RESULTS), serde_json::to_string(&result).expect("JSON")).expect("written");
}

fn names(runs: &[PastRun]) -> Vec<&str> {
    runs.iter().map(|run| run.run.as_str()).collect()
}

fn all(index: &RunIndex) -> Vec<PastRun> {
    index.runs(None, 100).expect("runs")
}

#[test]
fn an_index_follows_the_directories() {
    let runs = tempfile::tempdir().expect("a directory");
    write_run(runs.path(), "2024-a", "2.34.2", &[500.0, 510.0]);
    write_run(runs.path(), "2025-b", "2.35.2", &[400.0]);
    fs::create_dir(runs.path().join("2026-c")).expect("made");
    fs::write(runs.path().join("2026-c").join(PLAN), "{}").expect("written");
    fs::create_dir(runs.path().join("no run")).expect("made");
    let (index, refreshed) = RunIndex::open(runs.path()).expect("an index");
    assert_eq!(refreshed, Refreshed { read: 3, removed: 0 });
    let found = all(&index);
    assert_eq!(names(&found), ["2026-c", "2025-b", "2024-a"]);
    assert_eq!((found[0].state, found[1].state), (RunState::Unfinished, RunState::Finished));
    assert_eq!((found[2].outcome, found[2].cases, found[2].passed), (Some(Outcome::Failed), 2, 2));
    assert_eq!(names(&index.runs(Some("gate"), 1).expect("runs")), ["2025-b"]);

    // Nothing has changed; then one run is written anew, and one is removed.
    assert_eq!(RunIndex::open(runs.path()).expect("an index").1, Refreshed::default());
    write_run(runs.path(), "2024-a", "2.34.2", &[500.0, 510.0, 505.0]);
    fs::remove_dir_all(runs.path().join("2025-b")).expect("removed");
    let (index, refreshed) = RunIndex::open(runs.path()).expect("an index");
    assert_eq!(refreshed, Refreshed { read: 1, removed: 1 });
    assert_eq!((all(&index).len(), all(&index)[1].cases), (2, 3));
}

#[test]
fn an_index_that_was_deleted_is_made_anew() {
    let runs = tempfile::tempdir().expect("a directory");
    for (name, kbit) in [("2024-a", 500.0), ("2025-b", 510.0)] {
        write_run(runs.path(), name, "2.34.2", &[kbit]);
    }
    let seen = |index: &RunIndex| {
        let trend = index.trends(Metric::VideoBitrate, GroupBy::Run, &TrendFilter::default()).expect("a trend");
        (all(index), trend)
    };
    let before = seen(&RunIndex::open(runs.path()).expect("an index").0);
    fs::remove_file(runs.path().join(FILE)).expect("removed");
    assert_eq!(seen(&RunIndex::open(runs.path()).expect("an index").0), before);
    // What is no database does not keep anybody from the answer, and is left as it is.
    fs::write(runs.path().join(FILE), "no database, but of some length: more than the header has").expect("written");
    assert_eq!(seen(&RunIndex::open(runs.path()).expect("an index").0), before);
    assert!(fs::read_to_string(runs.path().join(FILE)).expect("read").starts_with("no database"));
}

#[test]
fn a_link_in_the_place_of_the_index_is_not_followed() {
    let base = tempfile::tempdir().expect("a directory");
    let other = base.path().join("other.sqlite3");
    let connection = rusqlite::Connection::open(&other).expect("a database");
    connection.execute_batch("CREATE TABLE run (precious TEXT); INSERT INTO run VALUES ('kept');").expect("filled");
    let runs = base.path().join("runs");
    write_run(&runs, "2024-a", "2.34.2", &[500.0]);
    std::os::unix::fs::symlink(&other, runs.join(FILE)).expect("a link");
    assert_eq!(all(&RunIndex::open(&runs).expect("an index").0).len(), 1);
    let kept: String = connection.query_row("SELECT precious FROM run", [], |row| row.get(0)).expect("still there");
    assert_eq!(kept, "kept");
    // A link to the directory itself is the user's.
    std::fs::remove_file(runs.join(FILE)).expect("removed");
    std::os::unix::fs::symlink(&runs, base.path().join("link")).expect("a link");
    RunIndex::open(&base.path().join("link")).expect("an index");
    assert!(runs.join(FILE).is_file());
}

#[test]
fn results_that_cannot_be_read_are_listed_with_the_reason() {
    let runs = tempfile::tempdir().expect("a directory");
    write_run(runs.path(), "2024-a", "2.34.2", &[500.0]);
    fs::create_dir(runs.path().join("2025-b")).expect("made");
    fs::write(runs.path().join("2025-b").join(RESULTS), r#"{"schemaVersion":99}"#).expect("written");
    std::os::unix::fs::symlink(runs.path().join("2024-a"), runs.path().join("2026-link")).expect("a link");
    let found = all(&RunIndex::open(runs.path()).expect("an index").0);
    assert_eq!(names(&found), ["2025-b", "2024-a"], "links are left out");
    assert_eq!(found[0].state, RunState::Unreadable);
    assert!(found[0].note.as_ref().is_some_and(|note| note.contains("newer precall")), "{found:?}");
}

#[test]
fn a_trend_over_releases_is_in_the_order_of_versions() {
    let runs = tempfile::tempdir().expect("a directory");
    let around = |kbit: f64| [-4.0, -2.0, 0.0, 2.0, 4.0, 0.0].map(|off| kbit + off);
    write_run(runs.path(), "2026-new", "2.9.1", &around(500.0));
    write_run(runs.path(), "2024-old", "2.10.0", &around(400.0));
    let (index, _) = RunIndex::open(runs.path()).expect("an index");
    let trends = |by| index.trends(Metric::VideoBitrate, by, &TrendFilter::default()).expect("a trend");
    let groups = |by| trends(by)[0].points.iter().map(|point| point.group.clone()).collect::<Vec<_>>();
    assert_eq!(groups(GroupBy::Release), ["2.9.1", "2.10.0"]);
    assert_eq!(groups(GroupBy::Run), ["2024-old", "2026-new"]);
    let change = trends(GroupBy::Release)[0].points[1].change.expect("a change");
    assert_eq!((change.before, change.after, change.is_better), (500e3, 400e3, Some(false)));
    let other = TrendFilter { cell: Some("network=3g".to_owned()), ..TrendFilter::default() };
    assert!(index.trends(Metric::VideoBitrate, GroupBy::Run, &other).expect("a trend").is_empty());
}

#[test]
fn processes_that_open_one_index_at_once_lose_nothing() {
    let runs = tempfile::tempdir().expect("a directory");
    for run in 0..20 {
        write_run(runs.path(), &format!("20{run:02}-x"), "2.34.2", &[500.0]);
    }
    let seen: Vec<_> = std::thread::scope(|scope| {
        let open = || all(&RunIndex::open(runs.path()).expect("an index").0).len();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(seen, [20; 8]);
}

/// Lets the cases at these places of a run fail.
fn fail(runs: &Path, name: &str, places: &[usize]) {
    let path = runs.join(name).join(RESULTS);
    let text = fs::read_to_string(&path).expect("a result");
    let mut result: RunResult = serde_json::from_str(&text).expect("a result");
    places.iter().for_each(|place| result.cases[*place].outcome = Outcome::Failed);
    fs::write(path, serde_json::to_string(&result).expect("JSON")).expect("written");
}

#[test]
fn repeats_that_do_not_agree_are_flaky_and_a_release_that_fails_is_not() {
    let runs = tempfile::tempdir().expect("a directory");
    write_run(runs.path(), "2024-a", "2.34.2", &[500.0; 3]);
    write_run(runs.path(), "2025-b", "2.35.2", &[400.0; 2]);
    fail(runs.path(), "2025-b", &[0, 1]);
    let (index, _) = RunIndex::open(runs.path()).expect("an index");
    assert_eq!(index.flaky(None).expect("cases"), []);
    write_run(runs.path(), "2026-c", "2.34.2", &[500.0; 3]);
    fail(runs.path(), "2026-c", &[1]);
    let (index, _) = RunIndex::open(runs.path()).expect("an index");
    let found = index.flaky(Some("gate")).expect("cases");
    let [case] = found.as_slice() else { panic!("one case: {found:?}") };
    assert_eq!((case.cases, case.failed, case.flaky, case.mixed_runs), (8, 3, 0, 1));
    assert_eq!((case.cell.as_str(), case.last_run.as_str()), ("gate: clean", "2026-c"));
    assert_eq!(index.flaky(Some("other")).expect("cases"), []);
}
