//! `precall serve` and `precall history`: pages of past runs, and of a run while it goes on, in real Chrome.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::common::line_page::{DESK, Equipment, Person};
use crate::common::reader::Reader;
use crate::common::served::{Pages, until};
use crate::common::{Workspace, said as said_by};
use serde_json::Value;

/// Cases that take a few seconds each.
const SHORT: &str = "name = \"short\"\nrepeat = 2\n[test]\nquality = false\n[matrix]\nsdk = [\"2.27.6\", \"2.34.2\", \"2.35.2\"]\n\
                     [[case]]\nname = \"a\"\nexpect.connectivity.success = true";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_watched_and_then_looked_up() {
    let workspace = Workspace::new();
    let path = workspace.scenario(SHORT);
    let mut run = workspace
        .precall(&["run", "--slots", "1", "--quiet", "--ui", path.to_str().expect("UTF-8")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("precall runs");
    let mut said = BufReader::new(run.stderr.take().expect("piped")).lines();
    let own_page =
        said.by_ref().map(|line| line.expect("a line")).find_map(|line| Some(line.strip_prefix("live: ")?.to_owned()));
    // Its further lines must not fill the pipe.
    std::thread::spawn(move || said.for_each(drop));
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
    live.view(1100, false).await;
    until(&mut live, "page.querySelector('#running figure > p')?.textContent.includes('kbit/s') === true", "its links")
        .await;
    live.look("live").await;
    // A second viewer sees the same.
    let mut second = Reader::open(&own_page.expect("the address of its own page"), &[]).await;
    until(&mut second, "page.querySelectorAll('#cases li').length === 6", "the matrix").await;
    until(&mut live, "page.querySelectorAll('#running canvas').length === 1", "a chart").await;
    until(
        &mut live,
        "page.querySelector('#running figure > p').textContent.includes('kbit/s')",
        "a second of its links",
    )
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
async fn a_run_is_started_stopped_and_started_again_from_the_page() {
    let workspace = Workspace::new();
    std::fs::create_dir(workspace.path().join("scenarios")).expect("made");
    std::fs::write(workspace.path().join("scenarios/short.toml"), SHORT).expect("written");
    let pages = Pages::serve(&workspace, "127.0.0.1:0");
    let mut reader = Reader::open(&pages.url, &[]).await;
    reader.ask("(page.querySelector('[name=filter]').value = 'sdk=2.27.6', true)").await;
    reader.ask("(setTimeout(() => page.querySelector('form[action=\"/runs\"] button').click()), true)").await;
    until(&mut reader, "page.querySelectorAll('#cases li').length === 2", "the run that was started").await;
    until(&mut reader, "page.querySelectorAll('#running figure').length > 0", "a case that runs").await;
    // Another may not begin beside it.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let start = async |path: &str, body: &str| {
        let request = client.post(format!("{}{path}", pages.url)).body(body.to_owned());
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(start("runs", "scenario=short.toml").await, 409);
    assert_eq!(start("runs", "scenario=../test.toml").await, 404);
    reader.ask("(setTimeout(() => page.querySelector('#controls [name=now]').click()), true)").await;
    let name = workspace.run_directory().expect("a run").file_name().expect("a name").to_string_lossy().into_owned();
    let began = Instant::now();
    while !workspace.run_directory().is_some_and(|run| run.join("results.json").exists()) {
        assert!(began.elapsed() < Duration::from_secs(60), "the run does not stop");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let listed = async || {
        let output = workspace.precall(&["history", "list", "--json"]).output().expect("precall runs");
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")
    };
    assert_eq!(listed().await[0]["outcome"], "interrupted");
    // What did not pass runs again, and nothing else.
    let began = Instant::now();
    while start(&format!("runs/{name}/again"), "").await == 409 {
        assert!(began.elapsed() < Duration::from_secs(30), "the run never ends");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let began = Instant::now();
    while listed().await[0]["outcome"] != "passed" {
        assert!(began.elapsed() < Duration::from_secs(120), "{}", listed().await);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(listed().await[0]["cases"], 2);
    let again = workspace.precall(&["run", "--failed", "runs/nowhere"]).output().expect("precall runs");
    assert_eq!(again.status.code(), Some(2), "{}", said_by(&again));
    let again = listed().await[0]["run"].as_str().expect("a name").to_owned();
    let again = workspace.precall(&["run", "--failed", &format!("runs/{again}")]).output().expect("precall runs");
    assert!(said_by(&again).contains("nothing to run again"), "{}", said_by(&again));
    reader.close().await;
    drop(pages);

    let pages = Pages::serve_with(&workspace, &["serve", "--listen", "127.0.0.1:0", "--read-only"]);
    let text = reqwest::get(&pages.url).await.expect("an answer").text().await.expect("a page");
    assert!(!text.contains("action=\"/runs\""), "{text}");
    let request = client.post(format!("{}runs", pages.url)).body("scenario=short.toml");
    let refused = request.header("content-type", "application/x-www-form-urlencoded").send().await.expect("an answer");
    assert_eq!(refused.status(), 403);
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

/// What a server does on an address that other hosts reach, here with a token on the loopback interface.
#[tokio::test]
async fn pages_behind_a_token_are_opened_once_with_it() {
    let workspace = Workspace::new();
    let token = "0123456789abcdef0123";
    let pages = Pages::serve_in(&workspace, &[("PRECALL_SERVE_TOKEN", token)], &["--collect", "reports"]);
    assert!(pages.url.ends_with(&format!("/?token={token}")), "{}", pages.url);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let origin = pages.url.split("/?").next().expect("an origin");
    for path in ["/", "/precall/", "/trend", "/reports"] {
        let answer = client.get(format!("{origin}{path}")).send().await.expect("an answer");
        assert_eq!(answer.status(), 401, "{path}");
        assert!(answer.text().await.expect("a page").contains("needs a token"), "{path}");
    }
    let answer = client.get(&pages.url).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (303, &"/".parse().expect("a value")));
    let cookie = answer.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("a cookie").to_owned();
    let get = async |path: &str| {
        let request = client.get(format!("{origin}{path}")).header("cookie", &cookie);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    };
    assert!(get("/").await.1.contains("href=\"/reports\""));
    // A report comes with an invitation, and without the token.
    let form = client.post(format!("{origin}/reports/invitations")).header("cookie", &cookie);
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("name=Ticket+4711&days=7");
    assert_eq!(form.send().await.expect("an answer").status(), 303);
    let (_, page) = get("/reports").await;
    let (_, code) = page.split_once("/precall/?invitation=").expect("an invitation");
    let report = r#"{"kind": "precall-test", "version": 1, "at": "2026-11-29T12:00:00Z", "audioOnly": true,
        "verdict": {"grade": "pass", "sentence": "goodAudio", "reasons": []}}"#;
    let send = async |query: &str| {
        let request = client.post(format!("{origin}/precall/reports{query}")).body(report);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!((send("").await, send(&format!("?invitation={}", &code[..9])).await), (403, 200));
    let (_, page) = get("/reports").await;
    assert!(page.matches("Ticket 4711").count() >= 2, "the report and its invitation: {page}");

    let weak = workspace.precall(&["serve", "--listen", "127.0.0.1:0"]).env("PRECALL_SERVE_TOKEN", "secret").output();
    let weak = weak.expect("precall runs");
    assert_eq!(weak.status.code(), Some(2), "{}", said_by(&weak));
    assert!(said_by(&weak).contains("openssl rand -hex 16"), "{}", said_by(&weak));
}

#[test]
fn mistakes_have_their_remedy() {
    let workspace = Workspace::new();
    workspace.scenario(SHORT);
    for (arguments, code, part) in [
        (&["history", "list", "--runs", "nowhere"][..], 2, "--runs"),
        (&["history", "trend", "video.mosss"], 2, "there are"),
        (&["from-report", "nowhere.json"], 2, "cannot read nowhere.json"),
        (&["from-report", "test.toml"], 2, "holds no report"),
    ] {
        let output = workspace.precall(arguments).output().expect("precall runs");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said_by(&output));
        assert!(said_by(&output).contains(part), "{arguments:?}: {}", said_by(&output));
    }
}

mod nightly {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_person_tests_their_line_as_if_elsewhere_and_sends_the_report() {
        let workspace = Workspace::new();
        let pages = Pages::serve_with(&workspace, &["serve", "--listen", "127.0.0.1:0", "--collect", "reports"]);
        let url = format!("{}precall/", pages.url);
        let mut person = Person::open(&url, "lang=en&duration=8", DESK, Equipment::default()).await;
        person.show_devices("start").await;
        person.ask("(root.querySelector('.as-if').open = true)").await;
        person.choose("as-if", "(custom)").await;
        for (knob, value) in [("rate", "400"), ("loss", "5"), ("delay", "80")] {
            person.choose(knob, value).await;
        }
        person.look("devices-as-if", "devices", &["rate", "loss", "delay"]).await;
        // The picture that comes back follows the network: on one that loses half of the packets, little of it comes.
        person.press("watch").await;
        person.look("watch", "watch", &["received", "rate", "back"]).await;
        person.until("named('received').videoWidth > 0").await;
        let frames = "named('received').getVideoPlaybackQuality().totalVideoFrames";
        let in_three_seconds = format!(
            "(async () => {{ const before = {frames}; await new Promise((go) => setTimeout(go, 3000)); return {frames} - before; }})()"
        );
        let before = person.ask(&in_three_seconds).await;
        person.choose("rate", "10").await;
        person.choose("loss", "50").await;
        person.ask("(named('loss').dispatchEvent(new Event('input')), true)").await;
        person.until("performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/network'))").await;
        let after = person.ask(&in_three_seconds).await;
        assert!(after.as_u64() < before.as_u64().map(|frames| frames / 3), "{before} frames, then {after}");
        person.press("back").await;
        person.until_screen("devices").await;
        person.ask("(root.querySelector('.as-if').open = true)").await;
        person.choose("as-if", "(custom)").await;
        for (knob, value) in [("rate", "400"), ("loss", "5"), ("delay", "80")] {
            person.choose(knob, value).await;
        }
        person.press("test").await;
        person.look("result-as-if", "result", &["warn", "limited", "loss", "send"]).await;
        person.press("send").await;
        person.until("named('said').textContent.includes('code')").await;
        person.look("result-sent", "result", &["said"]).await;
        let said = person.ask("named('said').textContent").await;
        let code =
            said.as_str().and_then(|said| said.rsplit(' ').next()).expect("a code").trim_end_matches('.').to_owned();
        person.close().await;

        let report = format!("reports/{code}.json");
        let kept: Value = serde_json::from_str(&std::fs::read_to_string(workspace.path().join(&report)).expect("kept"))
            .expect("JSON");
        assert_eq!(kept["asIf"], serde_json::json!({"kbps": 400, "lossPercent": 5, "delayMs": 80}));
        let schema = serde_json::from_str(include_str!("../../harness-page/precall/report.schema.json")).expect("JSON");
        let faults: Vec<_> = jsonschema::validator_for(&schema)
            .expect("a schema")
            .iter_errors(&kept)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:?}");
        // The same line is a scenario now.
        let output =
            workspace.precall(&["from-report", &report, "--output", "line.toml"]).output().expect("precall runs");
        assert_eq!(output.status.code(), Some(0), "{}", said_by(&output));
        let output = workspace.precall(&["check", "line.toml"]).output().expect("precall runs");
        assert_eq!(output.status.code(), Some(0), "{}", said_by(&output));
        let text = std::fs::read_to_string(workspace.path().join("line.toml")).expect("a scenario");
        assert!(text.contains("rate = \"400 kbit/s\"\nloss = \"5 %\"\ndelay = \"80 ms\""), "{text}");
    }
}
