//! `precall platform`, as an application's developer meets it: over HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::common::Workspace;
use crate::common::platform::{Running, start};
use crate::common::turn::Server;
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
fn on_an_ipv6_address_everything_is_there_and_the_relay_has_tls() {
    if std::net::UdpSocket::bind("[::1]:0").is_err() {
        println!("skipped: this host has no IPv6 loopback address (::1)");
        return;
    }
    let workspace = Workspace::new();
    let running = start(&workspace, &["--listen", "[::1]:0", "--ice-tcp", "--relay-tls"]);
    let text = |key: &str| running.listening[key].as_str().unwrap_or_else(|| panic!("no {key}")).to_owned();
    assert!(text("apiUrl").starts_with("http://[::1]:"), "{}", text("apiUrl"));
    for key in ["media", "mediaTcp"] {
        assert!(text(key).parse::<std::net::SocketAddrV6>().is_ok(), "{}", text(key));
    }
    let servers = running.listening["iceServers"].as_array().expect("servers").clone();
    let urls: Vec<_> = servers.iter().map(|server| server["urls"].as_str().expect("a URL")).collect();
    assert!(urls.len() == 3 && urls[2].starts_with("turns:[::1]:"), "{urls:?}");
    // SHA-256 in Base64.
    assert_eq!(text("relayKeyDigest").len(), 44);
    let (session, token) = (text("sessionId"), text("token"));
    let answer = running.ask(&format!("GET /anvil.opentok.com/session/{session}"), &[("X-OPENTOK-AUTH", &token)]);
    assert!(answer.contains("turns:[::1]:"), "{answer}");
    assert_eq!(running.end(), 0);
}

#[test]
fn turn_clients_of_others_reach_their_peers() {
    let workspace = Workspace::new();
    let has_ipv6 = std::net::UdpSocket::bind("[::1]:0").is_ok();
    if !has_ipv6 {
        println!("skipped: the relay on IPv6, since this host has no IPv6 loopback address (::1)");
    }
    let hosts = [("127.0.0.1", "127.0.0.1:0"), ("::1", "[::1]:0")];
    for (host, listen) in hosts.into_iter().take(if has_ipv6 { 2 } else { 1 }) {
        let running = start(&workspace, &["--listen", listen, "--relay-tls"]);
        let servers = running.listening["iceServers"].as_array().expect("servers");
        let servers: Vec<_> = servers.iter().map(Server::new).collect();
        assert_eq!(servers.iter().map(|server| server.transport).collect::<Vec<_>>(), ["udp", "tcp", "tls"]);
        for server in &servers {
            let answer = server.by_aioice();
            assert_eq!(answer["data"], "there and back", "{host} by {}: {answer}", server.transport);
            assert_eq!(answer["relayed"], host, "by {}", server.transport);
        }
        let wrong = Server { password: "wrong".to_owned(), ..Server::new(&running.listening["iceServers"][0]) };
        let refused = wrong.by_aioice();
        assert!(refused["error"].as_str().is_some_and(|error| error.contains("401")), "{refused}");
        if host == "127.0.0.1" {
            // With ports for RTCP beside those for RTP, and without. All at once: most of the time they wait.
            std::thread::scope(|scope| {
                for server in &servers {
                    for arguments in [&[][..], &["-c"]] {
                        scope.spawn(move || {
                            let is_good = server.by_coturn(arguments);
                            assert_ne!(is_good, Some(false), "{arguments:?} by {}", server.transport);
                        });
                    }
                }
            });
        }
        assert_eq!(running.end(), 0);
    }
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
fn clients_of_a_container_are_told_the_address_that_it_is_published_on() {
    let workspace = Workspace::new();
    // A port that was free a moment ago.
    let port = std::net::UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let media_port = port.to_string();
    // As in a container: it listens on every address, and is published on one.
    let options = ["--listen", "0.0.0.0:0", "--announce", "127.0.0.2", "--media-port", &media_port, "--ice-tcp"];
    let running = start(&workspace, &options);
    let media = format!("127.0.0.2:{port}");
    assert_eq!((&running.listening["media"], &running.listening["mediaTcp"]), (&media.clone().into(), &media.into()));
    assert!(running.text("apiUrl").starts_with("http://127.0.0.2:"), "{}", running.listening);
    assert_eq!(running.listening["iceServers"], serde_json::json!([]));
    std::net::TcpStream::connect(("127.0.0.1", port)).expect("media is taken by TCP");
    let host = running.text("apiUrl").replace("http://", "");
    let answer = running.ask("GET /config.opentok.com/project/100/config.json", &[("Host", &host)]);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(running.end(), 0);
}

#[test]
fn pages_of_files_are_let_in_when_named_and_told_when_not() {
    let workspace = Workspace::new();
    let config = "GET /config.opentok.com/project/100/config.json";
    let running = start(&workspace, &["--allow-origin", "null"]);
    let answer = running.ask(config, &[("Origin", "null")]).to_lowercase();
    assert!(answer.starts_with("http/1.1 200") && answer.contains("access-control-allow-origin: null"), "{answer}");
    assert_eq!(running.end_with_lines().iter().filter(|line| line.contains("request-refused")).count(), 0);

    let running = start(&workspace, &[]);
    for _ in 0..2 {
        let answer = running.ask(config, &[("Origin", "null")]);
        assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("{\"code\":403,\"message\":"), "{answer}");
    }
    // Once, however often it is tried.
    let line = running.lines.recv_timeout(std::time::Duration::from_secs(30)).expect("a line");
    let line = if line.contains("session-created") { running.lines.recv().expect("a line") } else { line };
    assert!(line.contains("request-refused") && line.contains("--allow-origin null"), "{line}");
    assert_eq!(running.end_with_lines().iter().filter(|line| line.contains("request-refused")).count(), 0);
}

#[test]
fn mistakes_are_said() {
    let workspace = Workspace::new();
    for (name, mode) in [("key.pem", 0o600), ("shared.pem", 0o644)] {
        let file = workspace.path().join(name);
        std::fs::write(&file, "nonsense").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("set");
    }
    for (arguments, part) in [
        (
            &["--api-secret-file", "shared.pem"][..],
            "can be read by others than its owner (mode 644); `chmod 600 shared.pem`",
        ),
        (&["--application-id", "a", "--private-key-file", "shared.pem"], "can be read by others"),
        (
            &["--relay-tls", "--relay-certificate-file", "key.pem", "--relay-key-file", "shared.pem"],
            "shared.pem holds secrets and can be read by others",
        ),
        (&["--allow-origin", "*"], "any web site could use the platform"),
        (&["--allow-origin", "localhost:3000"], "an origin is a scheme, a host"),
        (&["--listen", "0.0.0.0:0"], "no address that media can be sent to"),
        (&["--api-secret-file", "missing"], "missing cannot be read"),
        (&["--application-id", "a", "--private-key-file", "key.pem"], "key.pem: not a PEM file"),
        (&["--application-id", "100"], "have to differ"),
        (
            &["--relay-tls", "--relay-certificate-file", "key.pem", "--relay-key-file", "key.pem"],
            "key.pem holds no certificate",
        ),
        (&["--relay-certificate-file", "key.pem"], "--relay-key-file"),
        (&["--relay-tls", "--no-relay"], "cannot be used with"),
    ] {
        let mut all = vec!["platform"];
        all.extend(arguments);
        let output = workspace.precall(&all).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(crate::common::said(&output).contains(part), "{part} in {}", crate::common::said(&output));
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

#[test]
fn people_are_told_who_was_refused_and_not_what_clients_log() {
    let workspace = Workspace::new();
    for more in [&[][..], &["-v"]] {
        let arguments = [&["platform", "--listen", "127.0.0.1:0", "--no-relay"], more].concat();
        let mut child = workspace.precall(&arguments).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let first = lines.next().expect("a line");
        let address = first.trim_start_matches("API URL").trim().trim_start_matches("http://").to_owned();
        let ask = |request: &str, headers: &str, body: &str| {
            let mut stream = TcpStream::connect(&address).expect("it listens");
            let length = body.len();
            let head = format!("{request} HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n");
            stream.write_all(format!("{head}{body}").as_bytes()).expect("written");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("UTF-8");
            answer
        };
        let own = format!("Host: {address}\r\n");
        for _ in 0..3 {
            // As a browser asks first, and as it asks then.
            let origin = format!("{own}Origin: http://127.0.0.1:3097\r\n");
            for method in ["OPTIONS", "GET"] {
                let answer = ask(&format!("{method} /config.opentok.com/project/100/config.json"), &origin, "");
                assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
            }
            assert!(ask("GET /", "Host: media.example\r\n", "").starts_with("HTTP/1.1 403"));
        }
        let body = r#"{"action":"Connect","variation":"Attempt"}"#;
        assert!(ask("POST /hlg.tokbox.com/prod/logging/ClientEvent", &own, body).starts_with("HTTP/1.1 200"));
        assert!(ask("GET /nothing", &own, "").starts_with("HTTP/1.1 404"));
        let said: Vec<_> = lines.by_ref().take_while(|line| !line.contains("unknown path")).collect();
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("it runs");
        assert_eq!(child.wait().expect("it ends").code(), Some(0));
        let said = said.join("\n");
        assert_eq!(said.matches("refused  ").count(), 2, "{said}");
        for line in [
            "origin=http://127.0.0.1:3097; start with --allow-origin http://127.0.0.1:3097",
            "host=media.example; start with --allow-host media.example",
            "(valid for 24 hours, until ",
        ] {
            assert!(said.contains(line), "{said}");
        }
        assert_eq!(said.contains("client logged"), !more.is_empty(), "{said}");
    }
}
