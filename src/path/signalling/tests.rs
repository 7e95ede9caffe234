use std::time::{Duration, Instant};

use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::network::{LinkConfig, Outage};

const PAGE: &str = "http://127.0.0.1:4000";

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "there" }))
        .route("/echo", post(|body: String| async { body }))
        .route("/cut", get(|ConnectInfo(cut): ConnectInfo<Cut>| async move { cut.cut() }))
}

async fn open(way: LinkConfig) -> SignallingPath {
    let network = NetworkConfig { up: way.clone(), down: way, steps: Vec::new() };
    let path = SignallingPath::open(&network, 1, router(), PAGE).await.expect("a path");
    path.begin();
    path
}

/// One request on a connection of its own, and the answer up to its end.
async fn ask(path: &SignallingPath, request: &str) -> std::io::Result<String> {
    let address = path.streams.address();
    let mut stream = TcpStream::connect(address).await?;
    let request = request.replace("HOST", &format!("Host: {address}\r\nConnection: close"));
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    tokio::time::timeout(Duration::from_secs(60), stream.read_to_string(&mut answer)).await??;
    Ok(answer)
}

const GET: &str = "GET / HTTP/1.1\r\nHOST\r\n\r\n";

fn body(bytes: usize) -> String {
    (0..bytes).map(|index| char::from(b'a' + (index % 23) as u8)).collect()
}

fn echo(body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nHOST\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_connection_takes_a_round_trip_and_each_answer_another() {
    let path = open(LinkConfig { delay: Duration::from_millis(20), ..LinkConfig::default() }).await;
    let asked = Instant::now();
    let answer = ask(&path, GET).await.expect("an answer");
    assert!(answer.ends_with("there"), "{answer}");
    assert!(asked.elapsed() >= Duration::from_millis(80), "{:?}", asked.elapsed());
    let counters = path.counters().await;
    assert_eq!(counters.connections, 1);
    assert!(counters.up.bytes_out > 20 && counters.down.bytes_out > 20, "{counters:?}");
    assert!(counters.down.delay_mean() >= Some(Duration::from_millis(20)));
}

#[tokio::test]
async fn until_the_network_begins_everything_passes_untouched() {
    let way = LinkConfig { delay: Duration::from_secs(3600), ..LinkConfig::default() };
    let network = NetworkConfig { up: way.clone(), down: way, steps: Vec::new() };
    let path = SignallingPath::open(&network, 1, router(), PAGE).await.expect("a path");
    assert!(ask(&path, GET).await.expect("an answer").ends_with("there"));
    assert_eq!(path.counters().await.up.packets_in, 0);
}

#[tokio::test]
async fn connections_at_once_come_whole_and_share_the_rate() {
    let rate = Some("4 Mbit/s".parse().expect("a rate"));
    let path = open(LinkConfig { rate, jitter: Duration::from_millis(3), ..LinkConfig::default() }).await;
    // More than a window each.
    let body = body(150_000);
    let (asked, request) = (Instant::now(), echo(&body));
    let answers = futures::future::join_all((0..2).map(|_| ask(&path, &request))).await;
    for answer in answers {
        assert!(answer.expect("an answer").ends_with(&body));
    }
    // 2.4 Mbit each way, one after the other.
    assert!(asked.elapsed() >= Duration::from_millis(600), "{:?}", asked.elapsed());
    let counters = path.counters().await;
    assert_eq!((counters.connections, counters.up.packets_dropped()), (2, 0));
    assert!(counters.up.bytes_out > 300_000 && counters.down.bytes_out > 300_000, "{counters:?}");
}

#[tokio::test]
async fn an_outage_holds_bytes_back() {
    let outages = vec![Outage { at: Duration::ZERO, duration: Duration::from_millis(200) }];
    let path = open(LinkConfig { outages, ..LinkConfig::default() }).await;
    let asked = Instant::now();
    assert!(ask(&path, GET).await.expect("an answer").ends_with("there"));
    assert!(asked.elapsed() >= Duration::from_millis(150), "{:?}", asked.elapsed());
    assert!(path.counters().await.segments_held > 0);
}

#[tokio::test]
async fn what_the_platform_resets_is_reset_at_the_client() {
    let path = open(LinkConfig::default()).await;
    let error = ask(&path, "GET /cut HTTP/1.1\r\nHOST\r\n\r\n").await.expect_err("no answer");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn only_the_page_may_ask() {
    let path = open(LinkConfig::default()).await;
    let from = |origin: &str| GET.replace("HOST", &format!("HOST\r\nOrigin: {origin}"));
    let answer = ask(&path, &from(PAGE)).await.expect("an answer");
    assert!(answer.contains(&format!("access-control-allow-origin: {PAGE}")), "{answer}");
    let answer = ask(&path, &from("http://127.0.0.1:4001")).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[tokio::test]
async fn dropping_it_ends_its_connections() {
    let path = open(LinkConfig::default()).await;
    let mut stream = TcpStream::connect(path.streams.address()).await.expect("connected");
    stream.write_all(b"GET /").await.expect("sent");
    drop(path);
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut [0; 16])).await.expect("it ends");
    assert!(matches!(ended, Ok(0) | Err(_)));
}
