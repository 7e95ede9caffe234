//! Reports that are sent: a real Pushgateway and a real collector of OpenTelemetry take them, and a webhook gets what
//! it can check.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::child_server::{ChildServer, free_port};
use crate::common::{Workspace, debian, pypi, recorded, said};

/// A collector in Rust, as a Python package.
const COLLECTOR: &str = "rotel==0.0.1a15";

fn report(workspace: &Workspace, run: &Path, arguments: &[&str]) -> Output {
    let mut all = vec!["report", run.to_str().expect("UTF-8")];
    all.extend(arguments);
    workspace.precall(&all).env_remove("TRACEPARENT").output().expect("precall runs")
}

/// Asks a server of this host for a path, and returns the body.
fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("connected");
    write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}

#[test]
fn a_pushgateway_keeps_the_figures_of_the_last_run() {
    let Some(mut gateway) = debian::program("prometheus-pushgateway", "prometheus-pushgateway") else { return };
    let port = free_port();
    gateway.arg(format!("--web.listen-address=127.0.0.1:{port}")).stdout(Stdio::null()).stderr(Stdio::null());
    let _server = ChildServer::start(gateway, port);
    let workspace = Workspace::new();
    let url = format!("http://127.0.0.1:{port}/");
    let sent = report(&workspace, &recorded::run(), &["--push", &url]);
    assert_eq!(sent.status.code(), Some(0), "{}", said(&sent));
    assert!(said(&sent).contains(&format!("openmetrics: sent to Pushgateway at http://127.0.0.1:{port}")));
    assert!(!recorded::run().join("report.html").exists(), "nothing but what was asked for is written");

    let text = report(&workspace, &recorded::run(), &["--format", "openmetrics", "--output", "-"]);
    let text = String::from_utf8(text.stdout).expect("UTF-8");
    let samples = |text: &str| text.lines().filter(|line| line.starts_with("precall_")).count();
    let kept = get(port, "/metrics");
    assert_eq!(samples(&kept), samples(&text), "{kept}");
    assert!(kept.contains("job=\"precall\""), "{kept}");
    let again = report(&workspace, &recorded::run(), &["--push", &url]);
    assert!(again.status.success() && samples(&get(port, "/metrics")) == samples(&text), "the same figures once");

    // A path that the gateway does not have.
    let refused = report(&workspace, &recorded::run(), &["--push", &format!("{url}no/such/place")]);
    assert_eq!(refused.status.code(), Some(4), "{}", said(&refused));
    assert!(said(&refused).contains("refused the report openmetrics with HTTP status 4"), "{}", said(&refused));
}

/// Sends a run to a collector that writes down what it reads of a signal, and returns that once it has this text.
fn collected(package: &Path, signal: &str, awaited: &str) -> String {
    let program = package.join("rotel/rotel-agent");
    let workspace = Workspace::new();
    let (http, grpc) = (free_port(), free_port());
    let path = workspace.path().join("collector.log");
    let log = std::fs::File::create(&path).expect("a file");
    let mut collector = Command::new(program);
    collector
        .args(["start", "--exporter", "blackhole", "--debug-log", signal, "--debug-log-verbosity", "detailed"])
        .arg(format!("--otlp-http-endpoint=127.0.0.1:{http}"))
        .arg(format!("--otlp-grpc-endpoint=127.0.0.1:{grpc}"))
        .stdout(log.try_clone().expect("a file"))
        .stderr(log);
    let _server = ChildServer::start(collector, http);
    let url = format!("http://127.0.0.1:{http}");
    let sent = report(&workspace, &recorded::run(), &["--otlp", &url]);
    assert_eq!(sent.status.code(), Some(0), "{}", said(&sent));
    for format in ["otlp-traces", "otlp-metrics"] {
        assert!(said(&sent).contains(&format!("{format}: sent to OTLP at {url}")), "{}", said(&sent));
    }
    let end = Instant::now() + Duration::from_secs(10);
    // The collector writes what it has read a moment later.
    loop {
        let seen = std::fs::read_to_string(&path).expect("a log");
        if seen.contains(awaited) {
            return seen;
        }
        assert!(Instant::now() < end, "no {awaited} in {seen}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_collector_of_opentelemetry_takes_the_trace_and_the_figures() {
    let Some(package) = pypi::pypi(COLLECTOR) else { return };
    let results = std::fs::read_to_string(recorded::run().join("results.json")).expect("results");
    let results: Value = serde_json::from_str(&results).expect("JSON");
    let cases = results["cases"].as_array().expect("cases");
    let last = cases.last().and_then(|case| case["case"].as_str()).expect("a case");
    let spans = collected(&package, "traces", &format!("test.case.name: Str({last})"));
    assert_eq!(spans.matches("Span #").count(), cases.len() + 1, "{spans}");
    let metrics = collected(&package, "metrics", "precall_link_out_bytes");
    assert!(metrics.contains("precall_case_outcome"), "{metrics}");
}

/// A request: its first lines, and its body.
type Request = (Vec<String>, String);

/// A server that answers its first requests with these statuses, and then with 204. Returns its port, and what it got.
fn webhook(statuses: &'static [u16]) -> (u16, std::thread::JoinHandle<Vec<Request>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let got = std::thread::spawn(move || {
        let mut all = Vec::new();
        for status in statuses.iter().chain([&204]) {
            let (mut stream, _) = listener.accept().expect("a request");
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a line");
                match line.trim_end() {
                    "" => break,
                    line => lines.push(line.to_owned()),
                }
            }
            let length =
                lines.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).expect("a body");
            write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").expect("answered");
            all.push((lines, String::from_utf8(body).expect("UTF-8")));
        }
        all
    });
    (port, got)
}

#[test]
fn a_webhook_that_is_busy_is_asked_again_and_can_check_the_signature() {
    let workspace = Workspace::new();
    let (port, got) = webhook(&[503]);
    let mut precall = workspace.precall(&["report", recorded::run().to_str().expect("UTF-8"), "--webhook", "env:HOOK"]);
    precall.env("HOOK", format!("http://127.0.0.1:{port}/hooks/T0PS3CRET")).env("PRECALL_WEBHOOK_SECRET", "a key");
    let sent = precall.output().expect("precall runs");
    assert_eq!(sent.status.code(), Some(0), "{}", said(&sent));
    assert!(!said(&sent).contains("T0PS3CRET") && said(&sent).contains("summary: sent to webhook"), "{}", said(&sent));
    let got = got.join().expect("two requests");
    assert_eq!(got.len(), 2);
    let (lines, body) = &got[1];
    assert_eq!(lines[0], "POST /hooks/T0PS3CRET HTTP/1.1");
    let signature = lines.iter().find_map(|line| line.strip_prefix("x-precall-signature-256: sha256="));
    // Python is the other side: it knows nothing of ours.
    let script = "import hmac,sys;print(hmac.new(b'a key',sys.stdin.buffer.read(),'sha256').hexdigest())";
    let mut python = Command::new("python3");
    let mut python = python.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python");
    python.stdin.take().expect("piped").write_all(body.as_bytes()).expect("written");
    let expected = python.wait_with_output().expect("it ends").stdout;
    assert_eq!(signature, Some(String::from_utf8_lossy(&expected).trim()));
    let summary: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(summary["outcome"], "failed", "{summary:#}");
}

#[test]
fn a_system_that_does_not_answer_is_named_without_its_secrets() {
    let workspace = Workspace::new();
    let url = format!("http://me:pw@127.0.0.1:{}/hooks/T0PS3CRET", free_port());
    let failed = report(&workspace, &recorded::run(), &["--webhook", &url]);
    assert_eq!(failed.status.code(), Some(4), "{}", said(&failed));
    let text = said(&failed);
    assert!(text.contains("webhook at http://127.0.0.1:") && text.contains("was not reached"), "{text}");
    assert!(!text.contains("T0PS3CRET") && !text.contains("pw@"), "{text}");
    let wrong = report(&workspace, &recorded::run(), &["--otlp", "collector:4318"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", said(&wrong));
}
