//! `precall serve` and `precall history`: pages of past runs, and of a run while it goes on, in real Chrome.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::common::reader::Reader;
use crate::common::{Workspace, said};
use serde_json::Value;

/// Cases that take a few seconds each.
const SHORT: &str = "name = \"short\"\nrepeat = 2\n[test]\nquality = false\n[matrix]\nsdk = [\"2.27.6\", \"2.34.2\", \"2.35.2\"]\n\
                     [[case]]\nname = \"a\"\nexpect.connectivity.success = true";

/// A server of a workspace's runs.
struct Pages {
    child: Child,
    url: String,
}

impl Pages {
    fn serve(workspace: &Workspace, listen: &str) -> Self {
        let mut child =
            workspace.precall(&["serve", "--listen", listen]).stdout(Stdio::piped()).spawn().expect("precall runs");
        let mut line = String::new();
        let output = child.stdout.as_mut().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let url = line.trim_end().rsplit(' ').next().expect("an address").to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, url }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // It is ours, and may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn until(page: &mut Reader, expression: &str, what: &str) {
    let began = Instant::now();
    while page.ask(expression).await != Value::Bool(true) {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{what} does not come: {}",
            page.ask("page.body.innerText").await
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_watched_and_then_looked_up() {
    let workspace = Workspace::new();
    let path = workspace.scenario(SHORT);
    let mut run = workspace
        .precall(&["run", "--slots", "1", "--quiet", path.to_str().expect("UTF-8")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("precall runs");
    let began = Instant::now();
    while !workspace.run_directory().is_some_and(|run| run.join("events.jsonl").exists()) {
        assert!(began.elapsed() < Duration::from_secs(60), "no run begins");
        std::thread::sleep(Duration::from_millis(20));
    }
    let name = workspace.run_directory().expect("a run").file_name().expect("a name").to_string_lossy().into_owned();

    let pages = Pages::serve(&workspace, "127.0.0.1:0");
    let mut live = Reader::open(&format!("{}runs/{name}", pages.url), &[]).await;
    until(&mut live, "page.querySelectorAll('#cases li').length === 6", "the matrix").await;
    until(&mut live, "page.querySelectorAll('#running figure').length === 1", "a case that runs").await;
    // A second viewer sees the same.
    let mut second = Reader::open(&format!("{}runs/{name}", pages.url), &[]).await;
    until(&mut second, "page.querySelectorAll('#cases li').length === 6", "the matrix").await;
    until(&mut live, "page.querySelectorAll('#running polyline.down[points]').length === 1", "a second of its links")
        .await;
    // A page whose server went and came back shows the run once.
    let address = pages.url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    drop(pages);
    until(&mut live, "page.getElementById('state').textContent === 'connecting'", "the loss of the server").await;
    let pages = Pages::serve(&workspace, &address);
    until(&mut live, "page.getElementById('state').textContent !== 'connecting'", "the server").await;
    assert!(run.wait().expect("the run ends").success());
    until(&mut live, "page.getElementById('state').textContent === 'passed'", "the end").await;
    assert_eq!(live.ask("page.querySelectorAll('#cases li.good').length").await, 6);
    assert_eq!(live.ask("page.getElementById('counts').textContent").await, "6 passed");
    live.close().await;
    second.close().await;

    // Now it is a past run, in the browser and in the terminal.
    let listed = reqwest::get(&pages.url).await.expect("an answer").text().await.expect("a page");
    assert!(listed.contains(&format!(">{name}</a>")) && listed.contains("passed"), "{listed}");
    let report =
        reqwest::get(format!("{}runs/{name}", pages.url)).await.expect("an answer").text().await.expect("a page");
    assert!(report.contains("Repeats"), "it is the report now");
    let listed = workspace.precall(&["history", "list", "--json"]).output().expect("precall runs");
    let runs: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    assert_eq!((&runs[0]["outcome"], &runs[0]["cases"]), (&"passed".into(), &6.into()), "{runs}");
    let trend = ["history", "trend", "connectivity.success", "--csv"];
    let trend = workspace.precall(&trend).output().expect("precall runs");
    let lines: Vec<_> = String::from_utf8_lossy(&trend.stdout).lines().map(str::to_owned).collect();
    assert!(lines.len() == 4 && lines[1].starts_with("short: a,connectivity.success,2.27.6,"), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_a_desk_and_a_phone() {
    let workspace = Workspace::new();
    let run = workspace.path().join("runs/20260102T030405-demo");
    std::fs::create_dir_all(&run).expect("made");
    std::fs::write(run.join("results.json"), include_str!("../fixtures/results.json")).expect("written");
    std::fs::create_dir(workspace.path().join("runs/unfinished")).expect("made");
    std::fs::write(workspace.path().join("runs/unfinished/plan.json"), "{}").expect("written");
    let pages = Pages::serve(&workspace, "127.0.0.1:0");
    let mut reader = Reader::open("about:blank", &[]).await;
    for path in ["", "trend", "trend?metric=video.mos&by=run", "runs/unfinished"] {
        let text = reqwest::get(format!("{}{path}", pages.url)).await.expect("an answer").text().await.expect("a page");
        for width in [390, 1280] {
            // Without scripts: what the live page reads is not there in a frame.
            reader.frame(&text, width, "sandbox=\"allow-same-origin\"").await;
            let wide = reader.ask("page.documentElement.scrollWidth").await;
            assert!(wide.as_u64() <= Some(width.into()), "{path:?} is {wide} wide at {width}");
            assert!(
                reader.ask("page.querySelectorAll('h1').length === 1 && page.documentElement.lang === 'en'").await
                    == true
            );
        }
    }
    reader.close().await;
}

#[test]
fn mistakes_have_their_remedy() {
    let workspace = Workspace::new();
    for (arguments, code, part) in [
        (&["history", "list", "--runs", "nowhere"][..], 2, "--runs"),
        (&["history", "trend", "video.mosss"], 2, "there are"),
        (&["serve", "--listen", "192.0.2.1:8088"], 2, "loopback"),
    ] {
        let output = workspace.precall(arguments).output().expect("precall runs");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(part), "{arguments:?}: {}", said(&output));
    }
}
