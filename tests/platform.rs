//! `precall platform`, as an application's developer meets it: over HTTP.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use common::Workspace;
use common::platform::{Running, start};
use serde_json::Value;

#[test]
fn it_says_how_to_use_it_and_what_happens() {
    let workspace = Workspace::new();
    let running = start(&workspace, &[]);
    assert_eq!(running.listening["event"], "listening");
    let token = running.token();
    let xml = running.ask("POST /session/create", &[("X-OPENTOK-AUTH", &token)]);
    assert!(xml.starts_with("HTTP/1.1 200") && xml.contains("<session_id>1_"), "{xml}");
    let json = running
        .ask("POST /api.opentok.com/session/create", &[("X-OPENTOK-AUTH", &token), ("Accept", "application/json")]);
    assert!(json.contains("\"session_id\":\"1_"), "{json}");
    let events: Vec<Value> =
        (0..3).map(|_| serde_json::from_str(&running.lines.recv().expect("a line")).expect("JSON")).collect();
    assert!(events.iter().all(|event| event["event"] == "session-created"), "{events:?}");
    assert_eq!(running.end(), 0);
}

#[test]
fn it_has_a_relay_unless_told_otherwise() {
    let workspace = Workspace::new();
    let running = start(&workspace, &[]);
    let servers = running.listening["iceServers"].as_array().expect("servers").clone();
    let urls: Vec<_> = servers.iter().map(|server| server["urls"].as_str().expect("a URL")).collect();
    assert!(urls[0].starts_with("turn:127.0.0.1:") && urls[0].ends_with("?transport=udp"), "{urls:?}");
    assert!(urls[1].starts_with("turn:127.0.0.1:") && urls[1].ends_with("?transport=tcp"), "{urls:?}");
    let session = running.listening["sessionId"].as_str().expect("an id");
    let token = running.listening["token"].as_str().expect("a token");
    let info = |running: &Running, session: &str, token: &str| {
        let answer = running.ask(&format!("GET /anvil.opentok.com/session/{session}"), &[("X-OPENTOK-AUTH", token)]);
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        serde_json::from_str::<Value>(body).expect("JSON")[0]["ice_servers"].clone()
    };
    let told = info(&running, session, token);
    assert_eq!(told[0]["url"], urls[0]);
    assert!(told[0]["username"] != servers[0]["username"] && told[0]["credential"].is_string(), "{told}");
    assert_eq!(running.end(), 0);

    let running = start(&workspace, &["--no-relay", "--ice-tcp"]);
    assert_eq!(running.listening["iceServers"], serde_json::json!([]));
    let tcp = running.listening["mediaTcp"].as_str().expect("an address");
    std::net::TcpStream::connect(tcp).expect("media is taken by TCP");
    let session = running.listening["sessionId"].as_str().expect("an id");
    let token = running.listening["token"].as_str().expect("a token");
    assert_eq!(info(&running, session, token), serde_json::json!([]));
    assert_eq!(running.end(), 0);
}

#[test]
fn strangers_are_refused() {
    let workspace = Workspace::new();
    let running = start(&workspace, &["--allow-origin", "http://localhost:3000"]);
    let token = running.token();
    let status = |request: &str, headers: &[(&str, &str)]| {
        let answer = running.ask(request, headers);
        answer.split(' ').nth(1).and_then(|code| code.parse::<u16>().ok()).unwrap_or_else(|| panic!("{answer}"))
    };
    let create = "POST /session/create";
    assert_eq!(status(create, &[("X-OPENTOK-AUTH", &token)]), 200);
    assert_eq!(status(create, &[]), 403);
    assert_eq!(status(create, &[("X-OPENTOK-AUTH", "T1==x")]), 403);
    assert_eq!(status(create, &[("X-OPENTOK-AUTH", &token), ("Origin", "http://evil.example")]), 403);
    assert_eq!(status(create, &[("X-OPENTOK-AUTH", &token), ("Host", "evil.example")]), 403);
    assert_eq!(status(create, &[("X-OPENTOK-AUTH", &token), ("Origin", "http://localhost:3000")]), 200);
    let own = "100";
    let of = |rest: &str| format!("GET /v2/project/{own}/session/{rest}");
    let session = running.listening["sessionId"].as_str().expect("an id");
    assert_eq!(status(&of(&format!("{session}/stream")), &[("X-OPENTOK-AUTH", &token)]), 200);
    assert_eq!(status(&of("1_unknown/stream"), &[("X-OPENTOK-AUTH", &token)]), 404);
    assert_eq!(status("GET /v2/project/7/session/1_x/stream", &[("X-OPENTOK-AUTH", &token)]), 404);
    assert_eq!(status("GET /v2/project/100/archive/x", &[("X-OPENTOK-AUTH", &token)]), 501);
    let partner = format!("100:{}", running.listening["apiSecret"].as_str().expect("a secret"));
    assert_eq!(status(create, &[("X-TB-PARTNER-AUTH", &partner)]), 200);
    assert_eq!(status(create, &[("X-TB-PARTNER-AUTH", "100:wrong")]), 403);
    let preflight = running.ask(
        "OPTIONS /session/create",
        &[("Origin", "http://localhost:3000"), ("Access-Control-Request-Method", "POST")],
    );
    assert!(preflight.to_lowercase().contains("access-control-allow-origin: http://localhost:3000"), "{preflight}");
    assert_eq!(running.end(), 0);
}

#[test]
fn mistakes_are_said() {
    let workspace = Workspace::new();
    std::fs::write(workspace.path().join("key.pem"), "nonsense").expect("written");
    for (arguments, part) in [
        (&["--listen", "0.0.0.0:0"][..], "no address that media can be sent to"),
        (&["--api-secret-file", "missing"], "missing cannot be read"),
        (&["--application-id", "a", "--private-key-file", "key.pem"], "key.pem: not a PEM file"),
        (&["--application-id", "100"], "have to differ"),
    ] {
        let mut all = vec!["platform"];
        all.extend(arguments);
        let output = workspace.precall(&all).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(common::said(&output).contains(part), "{part} in {}", common::said(&output));
    }
}

#[test]
fn it_goes_on_without_a_reader_and_ends_when_it_is_told_to() {
    let workspace = Workspace::new();
    for is_read in [false, true] {
        let mut arguments = vec!["platform", "--listen", "127.0.0.1:0", "--json"];
        arguments.push("--no-relay");
        let mut child = workspace.precall(&arguments).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let line = lines.next().expect("a line").expect("UTF-8");
        let listening: Value = serde_json::from_str(&line).expect("JSON");
        let url = listening["apiUrl"].as_str().expect("a URL");
        let address = url.trim_start_matches("http://").to_owned();
        // One reader has closed the pipe, the other keeps it and reads no more.
        let kept = is_read.then_some(lines);
        let ask = || {
            let mut stream = TcpStream::connect(&address).expect("it listens");
            let path = "x".repeat(1000);
            write!(stream, "GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("written");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("UTF-8");
            answer
        };
        // Each is a line of a thousand bytes: more than a pipe holds.
        for _ in 0..120 {
            let answer = ask();
            assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
        }
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("it runs");
        assert_eq!(child.wait().expect("it ends").code(), Some(0), "read: {is_read}");
        drop(kept);
    }
}
