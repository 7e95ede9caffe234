use std::net::Ipv4Addr;
use std::path::Path;

use super::*;

async fn served(runs: &Path) -> RunServer {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    RunServer::start(&ServeRequest { listen, ..ServeRequest::of_runs(runs.to_owned()) }).await.expect("a server")
}

async fn get(server: &RunServer, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("{}{path}", server.url())).await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

fn record_run(runs: &Path, name: &str) {
    let directory = runs.join(name);
    std::fs::create_dir_all(&directory).expect("made");
    std::fs::write(directory.join("results.json"), include_str!("../../../tests/fixtures/results.json"))
        .expect("written");
}

#[tokio::test]
async fn past_runs_and_their_reports_are_pages() {
    let runs = tempfile::tempdir().expect("a directory");
    record_run(runs.path(), "20260102T030405-demo");
    let server = served(runs.path()).await;
    let (status, text) = get(&server, "").await;
    assert_eq!(status, 200);
    assert!(text.contains("href=\"/runs/20260102T030405%2Ddemo\""), "{text}");
    let (status, text) = get(&server, "runs/20260102T030405-demo").await;
    assert!(status == 200 && text.contains("slow-lossy"), "{status}");
    let (status, text) = get(&server, "trend?metric=video.mos").await;
    assert!(status == 200 && text.contains("video MOS") && text.contains("2.35.2"), "{text}");
    let (status, text) = get(&server, "trend?metric=no.such.metric&by=run&case=nothing").await;
    assert!(status == 200 && text.contains("No past run has a value"), "{text}");
}

#[tokio::test]
async fn two_runs_are_shown_side_by_side_and_flaky_cases_are_listed() {
    let runs = tempfile::tempdir().expect("a directory");
    for name in ["20260102T030405-demo", "20260103T030405-demo"] {
        record_run(runs.path(), name);
    }
    // A repeat that failed, beside the same case that passed.
    let path = runs.path().join("20260103T030405-demo/results.json");
    let mut results: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).expect("read")).expect("JSON");
    let mut again = results["cases"][0].clone();
    again["case"] = format!("{}@2", again["case"].as_str().expect("an id")).into();
    again["outcome"] = "failed".into();
    results["cases"].as_array_mut().expect("cases").push(again);
    std::fs::write(&path, results.to_string()).expect("written");
    let server = served(runs.path()).await;
    let (status, text) = get(&server, "").await;
    assert!(status == 200 && text.contains("action=\"/compare\""), "{text}");
    let (status, text) = get(&server, "compare?a=20260102T030405-demo&b=20260103T030405-demo").await;
    assert!(status == 200 && text.contains("precall comparison"), "{text}");
    assert_eq!(get(&server, "compare?a=20260102T030405-demo&b=..").await.0, 404);
    let (status, text) = get(&server, "flaky").await;
    assert!(status == 200 && text.contains("href=\"/runs/20260103T030405%2Ddemo\""), "{text}");
}

#[tokio::test]
async fn before_the_first_run_there_are_pages_too() {
    let base = tempfile::tempdir().expect("a directory");
    let server = served(&base.path().join("runs")).await;
    for (path, part) in [("", "There is no run yet"), ("trend", "No past run"), ("flaky", "No case of these runs")] {
        let (status, text) = get(&server, path).await;
        assert!(status == 200 && text.contains(part), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_run_without_results_is_shown_as_it_goes_on() {
    let runs = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(runs.path().join("live")).expect("made");
    let over = r#"{"at":"x","event":"runFinished","outcome":"passed","seconds":1.0}"#;
    std::fs::write(runs.path().join("live/events.jsonl"), format!("{over}\n")).expect("written");
    let server = served(runs.path()).await;
    let (status, text) = get(&server, "runs/live").await;
    assert!(status == 200 && text.contains("EventSource"), "{text}");
    // The stream ends with the run.
    let (status, text) = get(&server, "runs/live/live").await;
    assert!(status == 200 && text.contains("\"kind\":\"over\""), "{text}");
}

#[tokio::test]
async fn nothing_outside_the_directory_is_served() {
    let base = tempfile::tempdir().expect("a directory");
    record_run(base.path(), "secret");
    let runs = base.path().join("runs");
    std::fs::create_dir(&runs).expect("made");
    std::os::unix::fs::symlink(base.path().join("secret"), runs.join("link")).expect("a link");
    let server = served(&runs).await;
    for path in ["runs/link", "runs/..%2Fsecret", "runs/no-such-run", "runs/link/live"] {
        assert_eq!(get(&server, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn recorded_lines_of_a_case_are_looked_up() {
    let runs = tempfile::tempdir().expect("a directory");
    let case = runs.path().join("20260102T030405-demo/cases/clean");
    std::fs::create_dir_all(&case).expect("made");
    let lines: String = (1..=5).map(|number| format!("{{\"n\":{number}}}\n")).collect();
    std::fs::write(case.join("samples.jsonl"), lines).expect("written");
    std::fs::write(case.join("result.json"), "{}").expect("written");
    std::os::unix::fs::symlink("/etc/passwd", case.join("console.jsonl")).expect("linked");
    let server = served(runs.path()).await;
    let file = "runs/20260102T030405-demo/cases/clean/samples.jsonl";
    assert_eq!(get(&server, &format!("{file}?lines=2-3")).await, (200, "{\"n\":2}\n{\"n\":3}\n".to_owned()));
    assert_eq!(get(&server, &format!("{file}?lines=5")).await.1, "{\"n\":5}\n");
    assert_eq!(get(&server, &format!("{file}?lines=x-y")).await.1.lines().count(), 5);
    for other in ["clean/result.json", "clean/console.jsonl", "..%2f/samples.jsonl", "clean/..%2fsamples.jsonl"] {
        assert_eq!(get(&server, &format!("runs/20260102T030405-demo/cases/{other}")).await.0, 404, "{other}");
    }
}

#[tokio::test]
async fn other_hosts_and_origins_are_refused() {
    let runs = tempfile::tempdir().expect("a directory");
    let server = served(runs.path()).await;
    let client = reqwest::Client::new();
    let by_name = client.get(server.url()).header("Host", "evil.example").send().await.expect("an answer");
    assert_eq!(by_name.status(), 403);
    let by_page = client.get(server.url()).header("Origin", "https://evil.example").send().await.expect("an answer");
    assert_eq!(by_page.status(), 403);
}
