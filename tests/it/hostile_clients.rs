//! Clients that mean harm to `precall platform`, with a token and without: they make it neither large nor slow for
//! others.

mod socket;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::common::Workspace;
use crate::common::platform::{Running, start, started};
use futures::SinkExt;
use precall_platform::messaging::{Frame, FrameKind};
use serde_json::json;
use socket::{Admitted, Socket};
use tokio_tungstenite::tungstenite::Message;

const CONFIG: &str = "GET /config.opentok.com/project/100/config.json";

/// How long an innocent client may wait, on a host that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(10);

fn address(running: &Running) -> String {
    running.text("apiUrl").replace("http://", "")
}

/// An innocent client is answered, and soon.
fn is_answered(running: &Running) {
    let began = Instant::now();
    let answer = running.ask(CONFIG, &[]);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}

/// Connections that have begun a request and say no more.
fn half_open(running: &Running, count: usize) -> Vec<TcpStream> {
    let begin = |_| {
        let mut stream = TcpStream::connect(address(running)).expect("the kernel accepts it");
        stream.write_all(b"GET / HTTP/1.1\r\nHost:").expect("written");
        stream
    };
    (0..count).map(begin).collect()
}

#[tokio::test]
async fn half_open_requests_and_idle_sockets_delay_nobody_and_take_little() {
    let workspace = Workspace::new();
    let running = start(&workspace, &["--no-relay"]);
    let half_open = half_open(&running, 200);
    let mut idle = Vec::new();
    for _ in 0..50 {
        idle.push(Socket::anonymous(&running).await);
    }
    is_answered(&running);
    let mut innocent = Socket::connect(&running, "innocent").await;
    innocent.signal_to_itself("x").await;
    let peak = running.peak_mb();
    println!("200 half-open requests and 50 idle sockets: {peak:.1} MB");
    assert!(peak < 60.0, "{peak} MB");
    // A ping does not keep a socket without a token.
    for _ in 0..8 {
        for socket in &mut idle {
            let _ = socket.stream.send(Message::binary(Frame::new(FrameKind::Ping).encode())).await;
        }
        innocent.signal_to_itself("x").await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    for socket in &mut idle {
        assert_eq!(socket.close_code().await, Some(1008));
    }
    innocent.signal_to_itself("x").await;
    drop(half_open);
    assert_eq!(running.end(), 0);
}

#[test]
fn where_no_more_files_may_be_open_half_open_requests_make_room() {
    let workspace = Workspace::new();
    let precall = workspace.precall(&[]);
    let mut command = std::process::Command::new("sh");
    let script = "ulimit -n 256 && exec \"$0\" platform --json --listen 127.0.0.1:0 --no-relay";
    command.args(["-c", script]).arg(precall.get_program());
    command.envs(precall.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let running = started(command);
    let _half_open = half_open(&running, 300);
    is_answered(&running);
    is_answered(&running);
    assert_eq!(running.end(), 0);
}

#[test]
fn what_has_no_end_is_refused() {
    let workspace = Workspace::new();
    let running = start(&workspace, &["--no-relay"]);
    let mut stream = TcpStream::connect(address(&running)).expect("it listens");
    let head = format!("POST /hlg.tokbox.com/prod/logging/ClientEvent HTTP/1.1\r\nHost: {}\r\n", address(&running));
    write!(stream, "{head}Content-Length: 100000000\r\n\r\n").expect("written");
    let chunk = vec![b'x'; 64 * 1024];
    // It stops reading soon, and may close before all of this is sent.
    for _ in 0..64 {
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    if stream.read_exact(&mut answer).is_ok() {
        assert_eq!(&answer, b"HTTP/1.1 413");
    }
    is_answered(&running);
    assert!(running.peak_mb() < 60.0, "{}", running.peak_mb());
    assert_eq!(running.end(), 0);
}

#[tokio::test]
async fn frames_that_are_too_large_are_not_gathered() {
    let workspace = Workspace::new();
    let running = start(&workspace, &["--no-relay"]);
    let before = running.peak_mb();
    let mut sockets = Vec::new();
    for _ in 0..12 {
        let mut socket = Socket::anonymous(&running).await;
        // One frame of 15 MB; the platform closes the socket before it is all there.
        let _ = socket.stream.send(Message::binary(vec![0; 15 << 20])).await;
        sockets.push(socket);
    }
    is_answered(&running);
    let grown = running.peak_mb() - before;
    assert!(grown < 20.0, "{grown} MB");
    assert_eq!(running.end(), 0);
}

#[tokio::test]
async fn a_hostile_client_with_a_token_makes_the_platform_neither_large_nor_slow() {
    let workspace = Workspace::new();
    let running = start(&workspace, &[]);
    let mut innocent = Socket::connect(&running, "innocent").await;
    // Clients that never read, each on a socket of its own.
    let mut deaf = Vec::new();
    for number in 0..20 {
        deaf.push(Socket::connect(&running, &format!("deaf{number}")).await);
    }
    let mut hostile = Socket::connect(&running, "hostile").await;
    let content = json!({ "channel": [{ "id": "audio1", "type": "audio" }] });
    hostile.ask("create", "/stream/s", content).await;
    for number in 0..400 {
        let update = json!({ (format!("field{number}")): "x".repeat(50_000) });
        hostile.send("update", "/stream/s/channel/audio1", update).await;
        hostile.drain();
    }
    innocent.signal_to_itself("after updates").await;
    let big = json!({ "type": "x", "data": "x".repeat(8000) });
    for number in 0..3000 {
        let resource =
            if number % 2 == 0 { "/signal/x".to_owned() } else { format!("/connection/deaf{}/signal/x", number % 20) };
        hostile.send("signal", &resource, big.clone()).await;
        hostile.drain();
        innocent.keep_up().await;
        if number % 500 == 0 {
            innocent.signal_to_itself(&format!("{number}")).await;
        }
    }
    innocent.signal_to_itself("after signals").await;
    for number in 0..3000 {
        let frame = Frame::new(FrameKind::Message).header("TRANSACTION-ID", format!("{number:0>128}")).payload("{}");
        hostile.send_frame(frame).await;
        hostile.send_frame(Frame::new(FrameKind::Ping)).await;
        hostile.drain();
    }
    // Pings of clients that read no answer; their sockets may be closed meanwhile.
    for socket in &mut deaf {
        for _ in 0..1000 {
            if socket.stream.feed(Message::binary(Frame::new(FrameKind::Ping).encode())).await.is_err() {
                break;
            }
        }
        let _ = socket.stream.flush().await;
    }
    innocent.signal_to_itself("after pings").await;
    for number in 0..200 {
        let mut socket = Socket::connect(&running, &format!("coming{number}")).await;
        socket.stream.close(None).await.expect("it takes a close");
        innocent.keep_up().await;
    }
    innocent.signal_to_itself("after reconnects").await;
    is_answered(&running);
    let peak = running.peak_mb();
    println!("a hostile client with a token: {peak:.1} MB");
    assert!(peak < 100.0, "{peak} MB");
    assert_eq!(running.end(), 0);
}

#[tokio::test]
async fn a_connection_is_taken_over_by_who_was_admitted_and_by_nobody_else() {
    let workspace = Workspace::new();
    // Also where it is not the usual address.
    let running = start(&workspace, &["--listen", "127.0.0.9:0", "--no-relay"]);
    let mut victim = Socket::connect(&running, "victim").await;
    let thief = Admitted::by_session_info(&running, "thief");
    for path in [thief.path.clone(), thief.path_without_ticket()] {
        // The name of the victim's socket, which stands in a URL.
        let mut stolen = Socket::open(&running, &path, "victim", true).await;
        stolen.send("signal", "/signal/x", json!({ "data": "stolen" })).await;
        assert_eq!(stolen.status().await, Some(403));
    }
    victim.signal_to_itself("still there").await;
    let own = Admitted::by_session_info(&running, "victim");
    let mut back = Socket::open(&running, &own.path, "victim", true).await;
    assert_eq!(victim.close_code().await, Some(1000), "it is not replaced");
    back.signal_to_itself("back").await;
    assert_eq!(running.end(), 0);
}
