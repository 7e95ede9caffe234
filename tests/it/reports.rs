//! Reports of a recorded run, as people ask for them: each is whole, well-formed, and holds no secret.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use precall_report::Format;
use serde_json::Value;

use crate::common::npm_servers::npm_workspace;
use crate::common::{Workspace, debian, recorded, said};

/// Markup, quotes and control characters of every format.
const MARKUP: &str = "\"'><script>window.injected=1</script><img src=x onerror=window.injected=1>|`*_~[a](javascript:alert(1))\n\
    ::error::x%0A\u{7}\u{1b}[31m{{7*7}}{% raw %}&amp;]]><!--\\\u{202e}\n# EOF\n<a href=javascript:window.injected=1>www.evil.example @someone owner/name#1 GH-1";

/// What `precall report` prints of a run.
fn report(workspace: &Workspace, run: &Path, format: &str) -> String {
    let arguments = ["report", run.to_str().expect("UTF-8"), "--format", format, "--output", "-"];
    let mut command = workspace.precall(&arguments);
    let output = command.env_remove("GITHUB_STEP_SUMMARY").output().expect("precall runs");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_statistics_of_a_case_are_written_as_a_dump_of_webrtc_internals() {
    let workspace = Workspace::new();
    let run = recorded::run();
    let dump = |case: &str, more: &[&str]| {
        let mut arguments = vec!["report", run.to_str().expect("UTF-8"), "--dump", case];
        arguments.extend(more);
        workspace.precall(&arguments).output().expect("precall runs")
    };
    let output = dump("2.35.2 loss-bursts", &["--output", "-"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let dumped: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let lines = std::fs::read_to_string(run.join("cases/call,sdk=2.35.2,network=loss-bursts/rtc-stats.jsonl"));
    let reports: Vec<Value> =
        lines.expect("statistics").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let connections = dumped["PeerConnections"].as_object().expect("connections");
    let recorded: BTreeSet<_> = reports.iter().map(|report| format!("0-{}", report["peerConnection"])).collect();
    assert_eq!(connections.keys().cloned().collect::<BTreeSet<_>>(), recorded);
    // The last value of a counter is that of the last report that has it.
    let last = reports.last().expect("a report");
    let connection = &connections[&format!("0-{}", last["peerConnection"])];
    let object = &last["stats"][0];
    let name = format!("{}-bytesSent", object["id"].as_str().expect("an id"));
    let series = &connection["stats"][&name];
    assert_eq!(series["statsType"], object["type"]);
    let values: Vec<Value> = serde_json::from_str(series["values"].as_str().expect("a text")).expect("JSON");
    assert_eq!(values.last(), Some(&object["bytesSent"]));
    assert!(dumped["UserAgent"].as_str().is_some_and(|name| name.contains("Chrom")), "{}", dumped["UserAgent"]);

    let several = dump("loss-bursts", &["--output", "-"]);
    assert_eq!(several.status.code(), Some(2), "{}", said(&several));
    assert!(said(&several).contains("add a word that only one of them has"), "{}", said(&several));
    let written = dump("2.35.2 loss-bursts", &["--output", "dumps/one.json"]);
    assert_eq!(String::from_utf8_lossy(&written.stdout), "dumps/one.json\n");
    assert_eq!(std::fs::read(workspace.path().join("dumps/one.json")).expect("a file"), output.stdout);
}

#[test]
fn a_run_is_reported_in_every_format_without_a_browser() {
    let workspace = Workspace::new();
    for (format, marks) in [
        ("html", &["<!doctype html>", "network by sdk", "call,sdk=2.35.2,network=3g", "class=\"chart\""][..]),
        ("junit", &["tests=\"6\" failures=\"2\" errors=\"0\"", "wanted video.bitrate &gt;= 300 kbit/s"]),
        ("markdown", &["## ❌ upgrade: failed", "| ❌ | 2.27.6 loss-bursts | failed |"]),
        ("github", &["::error file=scenarios/upgrade.toml,line=14,col=18,title=2.27.6 loss-bursts%3A failed"]),
        ("openmetrics", &["precall_case_outcome{scenario=\"upgrade\"", "\n# EOF\n"]),
        ("json", &["\"schemaVersion\": 2"]),
    ] {
        let text = report(&workspace, &recorded::run(), format);
        for mark in marks {
            assert!(text.contains(mark), "{mark} in {text}");
        }
    }
}

#[test]
fn no_secret_is_in_any_report() {
    let workspace = Workspace::new();
    let key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7";
    let secrets = [
        "T1==cGFydG5lcl9pZD0xMDAmc2lnPWFiY2RlZg==",
        "T1%3D%3DcGFydG5lcl9pZD0yMDAmc2lnPWFiY2RlZg",
        "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxMjM0In0.c2lnbmF0dXJl",
        "8a827179bc214945bdf2b816c72f8dd900112233",
        "hunter2hunter2",
        "s3cr3tpassw0rd",
        key,
    ];
    let extra = format!(
        " wss://example.invalid/?token={}&t={} Authorization: Bearer {} {} apiSecret={} https://me:{}@example.invalid/ \
         -----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n end",
        secrets[0], secrets[1], secrets[2], secrets[3], secrets[4], secrets[5], secrets[6]
    );
    let run = recorded::planted(workspace.path(), &extra);
    for format in Format::ALL.map(Format::as_str) {
        let text = report(&workspace, &run, format);
        // One of them has ids and figures alone.
        let has_texts = format != "csv-seconds";
        assert!(!has_texts || text.contains("[redacted]") || text.contains("\\[redacted\\]"), "{format}: {text}");
        for secret in secrets {
            // Escaping for the format must not have hidden it from this test.
            let body = secret.trim_end_matches('=').trim_start_matches("T1==").trim_start_matches("T1%3D%3D");
            assert!(!text.contains(body), "{body} in {format}");
        }
    }
}

#[test]
fn markup_of_a_page_stays_text_in_every_format() {
    let workspace = Workspace::new();
    let run = recorded::planted(workspace.path(), MARKUP);
    let clean = recorded::planted(workspace.path().join("clean").as_path(), "x");

    let junit = quick_junit::Report::deserialize_from_str(&report(&workspace, &run, "junit")).expect("JUnit");
    let suite = &junit.test_suites[0];
    assert_eq!((suite.test_cases.len(), suite.failures), (6, 2));
    assert!(suite.name.as_str().contains("<script>window.injected=1</script>"), "{}", suite.name.as_str());

    let github = report(&workspace, &run, "github");
    for line in github.lines() {
        assert!(["::error ", "::warning ", "::notice "].iter().any(|level| line.starts_with(level)), "{line}");
    }
    assert_eq!(github.lines().count(), report(&workspace, &clean, "github").lines().count());

    let markdown = report(&workspace, &run, "markdown");
    assert!(
        !markdown.contains("<script") && !markdown.contains("<img") && !markdown.replace("\\]", "").contains("]("),
        "{markdown}"
    );
    // What refers to something, or is a link, without any markup.
    for sign in ["www.", "@", "#1", "GH-1", "://evil"] {
        assert!(!markdown.contains(sign), "{sign} in {markdown}");
    }
    let columns = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
    let widths = |text: &str| text.lines().map(columns).filter(|columns| *columns > 0).collect::<Vec<_>>();
    assert_eq!(widths(&markdown), widths(&report(&workspace, &clean, "markdown")));

    let metrics = report(&workspace, &run, "openmetrics");
    assert_eq!(metrics.lines().filter(|line| *line == "# EOF").count(), 1);
    assert_eq!(metrics.lines().count(), report(&workspace, &clean, "openmetrics").lines().count());

    let json: serde_json::Value = serde_json::from_str(&report(&workspace, &run, "json")).expect("JSON");
    let scenario = json["run"]["scenario"].as_str().expect("text");
    assert!(
        scenario.contains("<script>") && !scenario.contains('\u{1b}') && !scenario.contains('\u{202e}'),
        "{scenario}"
    );
    for format in Format::ALL.map(Format::as_str) {
        let text = report(&workspace, &run, format);
        let is_bad = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!text.contains(is_bad), "a control character in {format}");
    }
}

#[test]
fn reports_are_written_where_they_are_wanted() {
    let workspace = Workspace::new();
    let run = recorded::planted(workspace.path(), "");
    let run = run.to_str().expect("UTF-8");
    let go = |arguments: &[&str]| {
        let mut command = workspace.precall(arguments);
        command.env("GITHUB_STEP_SUMMARY", workspace.path().join("summary.md")).output().expect("precall runs")
    };
    let html = go(&["report", run]);
    assert_eq!(html.status.code(), Some(0), "{}", said(&html));
    assert!(said(&html).contains("report.html") && Path::new(run).join("report.html").exists());
    assert_eq!(go(&["report", run, "--format", "junit", "--output", "out/deep/j.xml"]).status.code(), Some(0));
    assert!(workspace.path().join("out/deep/j.xml").exists());
    for _ in 0..2 {
        assert!(said(&go(&["report", run, "--format", "github"])).starts_with("::error "));
    }
    let summary = std::fs::read_to_string(workspace.path().join("summary.md")).expect("a summary");
    assert_eq!(summary.matches("## ❌ upgrade: failed").count(), 2, "each is added");

    let nowhere = go(&["report", run, "--output", "/proc/no/file"]);
    assert_eq!(nowhere.status.code(), Some(4), "{}", said(&nowhere));
    let no_run = go(&["report", "no-run"]);
    assert_eq!(no_run.status.code(), Some(2), "{}", said(&no_run));
    assert!(said(&no_run).contains("name a run that is over"), "{}", said(&no_run));
    let no_sweep = go(&["calibrate", run]);
    assert_eq!(no_sweep.status.code(), Some(2), "{}", said(&no_sweep));
    assert!(said(&no_sweep).contains("scenarios/calibration.toml"), "{}", said(&no_sweep));
}

/// A reader that is not ours. Debian has it in the package `prometheus`.
#[test]
fn prometheus_loads_the_metrics() {
    let promtool = |arguments: &[&str], input: Stdio| {
        let output = debian::program("prometheus", "promtool")?.args(arguments).stdin(input).output();
        output.ok().map(|output| (output.status.code(), said(&output)))
    };
    if promtool(&["--version"], Stdio::null()).is_none() {
        return;
    }
    let workspace = Workspace::new();
    let write = |name: &str, format: &str| {
        let path = workspace.path().join(name);
        std::fs::write(&path, report(&workspace, &recorded::run(), format)).expect("written");
        path
    };
    let metrics = std::fs::File::open(write("metrics.txt", "openmetrics")).expect("opened");
    let checked = promtool(&["check", "metrics"], metrics.into()).expect("it runs");
    assert_eq!(checked, (Some(0), String::new()));
    let backfill = write("backfill.txt", "openmetrics-backfill");
    let database = workspace.path().join("data");
    let [backfill, database] = [&backfill, &database].map(|path| path.to_str().expect("UTF-8"));
    let (code, text) =
        promtool(&["tsdb", "create-blocks-from", "openmetrics", backfill, database], Stdio::null()).expect("it runs");
    assert!(code == Some(0) && text.contains(" 160 "), "as many samples as the report has: {text}");
}

/// Readers that are not ours, from npm and from Python.
#[test]
fn programs_of_others_read_the_reports() {
    let workspace = Workspace::new();
    let consumers = npm_workspace("consumers", "tests/consumers", &[]);
    for (name, run) in [("recorded", recorded::run()), ("hostile", recorded::planted(workspace.path(), MARKUP))] {
        let write = |format: &str| {
            let path = workspace.path().join(format!("{name}.{format}"));
            std::fs::write(&path, report(&workspace, &run, format)).expect("written");
            path
        };
        let read = |format: &str| -> serde_json::Value {
            let mut node = Command::new("node");
            let output =
                node.arg(consumers.join("read.js")).arg(format).arg(write(format)).output().expect("node starts");
            assert!(output.status.success(), "{format} of {name}: {}", said(&output));
            serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)))
        };
        let ctrf = read("ctrf");
        assert_eq!([&ctrf["tests"], &ctrf["passed"], &ctrf["failed"]], [6, 4, 2], "{ctrf}");
        let tap = read("tap");
        assert_eq!([&tap["count"], &tap["pass"], &tap["fail"], &tap["failures"]], [6, 4, 2, 2], "{tap}");
        assert!(tap["diagnosed"].as_array().is_some_and(|all| all.len() == 2), "{tap}");
        let script = "import csv, sys\nrows = list(csv.DictReader(open(sys.argv[1], newline='')))\n\
            print(len(rows), len({len(row) for row in rows}), all(None not in row for row in rows))";
        for (format, at_least) in [("csv", 6), ("csv-seconds", 100)] {
            let output =
                Command::new("python3").args(["-c", script]).arg(write(format)).output().expect("python3 starts");
            let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            let (rows, shape) = text.split_once(' ').unwrap_or_else(|| panic!("{}", said(&output)));
            assert_eq!(shape, "1 True", "{format}");
            assert!(rows.parse::<usize>().is_ok_and(|rows| rows >= at_least), "{format}: {rows}");
        }
    }
    // A report that is wrong is refused.
    let wrong = workspace.path().join("wrong.ctrf");
    let text = report(&workspace, &recorded::run(), "ctrf").replace("\"passed\"", "\"splendid\"");
    std::fs::write(&wrong, text).expect("written");
    let output =
        Command::new("node").arg(consumers.join("read.js")).arg("ctrf").arg(&wrong).output().expect("node starts");
    assert!(!output.status.success(), "{}", said(&output));
}

/// The reports of a run whose page says the worst that the gate lets through, with texts of every format.
#[test]
fn what_a_page_says_is_recorded_read_back_and_reported() {
    let base = tempfile::tempdir().expect("a directory");
    let scenario = "[[case]]\nname = \"a\"\n[[case]]\nname = \"b\"\n";
    let scenario = precall_scenario::parse(scenario, Path::new("test.toml")).expect("a scenario");
    let cases =
        precall_scenario::plan::expand(&[scenario], &precall_scenario::plan::Releases::default()).expect("a plan");
    let most = 9_007_199_254_740_991_u64;
    let error = serde_json::json!({ "name": MARKUP, "message": MARKUP.repeat(100) });
    let counters =
        serde_json::json!({ "bytesReceived": most, "packetsReceived": 0, "packetsLost": -1e15, "frameRate": most });
    let sample = |at: f64| {
        serde_json::json!({ "type": "sample", "sample": {
        "phase": "audio-video", "timestamp": at, "audio": counters, "video": counters, "availableOutgoingBitrate": most } })
    };
    let said = [
        serde_json::json!({ "type": "loaded" }),
        serde_json::json!({ "type": "ready", "userAgent": MARKUP, "sdkVersion": MARKUP }),
        serde_json::json!({ "type": "phase", "phase": "connectivity" }),
        serde_json::json!({ "type": "connectivity", "result": { "success": false, "failedTests": [{ "type": MARKUP, "error": error }] } }),
        serde_json::json!({ "type": "phase", "phase": "quality" }),
        sample(0.0),
        sample(-9e15),
        sample(9e15),
        serde_json::json!({ "type": "rtcStats", "peerConnection": most, "lag": most, "stats": [
            { "type": "candidate-pair", "nominated": true, "currentRoundTripTime": most, "availableOutgoingBitrate": most },
            { "type": "outbound-rtp", "id": MARKUP, "kind": "video", "packetsSent": most, "framesPerSecond": most } ] }),
        serde_json::json!({ "type": "qualityError", "error": error }),
        serde_json::json!({ "type": "done" }),
    ]
    .map(|event| event.to_string());
    let (events, mut emitted) = precall::run_events::Events::channel();
    let run: precall_results::RunResult =
        serde_json::from_str(include_str!("../fixtures/results.json")).expect("a recorded result");
    events.emit(precall_results::RunEvent::RunStarted { run: run.run });
    for case in &cases {
        precall::runner::replay(case, said.iter().map(String::as_str), &events);
    }
    let outcome = precall_results::Outcome::Errored;
    events.emit(precall_results::RunEvent::RunFinished {
        outcome,
        duration: std::time::Duration::from_secs(1),
        repeats: Vec::new(),
        violations: Vec::new(),
        upgrade: None,
    });
    drop(events);
    let directory = precall::record::RunDirectory::create(base.path(), "x", "2026").expect("a run");
    let path = directory.path().to_owned();
    let mut recorder =
        precall::record::Recorder::new(directory, precall::record::RunCollector::default()).expect("a recorder");
    while let Ok(emitted) = emitted.try_recv() {
        recorder.record(&emitted).expect("recorded");
    }
    let recording = precall::record::read_recording(&path).expect("read back");
    assert_eq!(recording.result.cases.len(), 2);
    assert!(
        recording.result.cases.iter().all(|case| case.outcome == outcome),
        "{:?}",
        recording.result.cases[0].reasons
    );
    for format in precall_report::Format::ALL {
        let text = precall_report::render(format, &recording, None).expect("a report");
        assert!(!text.is_empty() && text.len() < 2_000_000, "{format:?}: {} bytes", text.len());
        assert!(!text.contains('\u{1b}'), "{format:?}");
    }
}
