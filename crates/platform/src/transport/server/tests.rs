use std::net::Ipv4Addr;
use std::time::Duration;

use axum::extract::Extension;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::*;

const REQUEST: &[u8] = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

struct Streams(mpsc::UnboundedReceiver<DuplexStream>);

impl Incoming<DuplexStream, u8> for Streams {
    async fn next(&mut self) -> Accepted<DuplexStream, u8> {
        match self.0.recv().await {
            Some(stream) => Accepted::Connection { stream, info: 7, address: Ipv4Addr::new(192, 0, 2, 1).into() },
            None => Accepted::End,
        }
    }
}

/// A listener that is served, and a way to connect to it.
struct Served {
    connect: mpsc::UnboundedSender<DuplexStream>,
    _task: tokio_util::task::AbortOnDropHandle<()>,
}

impl Served {
    fn start() -> Self {
        let (connect, streams) = mpsc::unbounded_channel();
        let said = |ConnectInfo(info): ConnectInfo<u8>, Extension(RemoteAddress(address)): Extension<RemoteAddress>| async move {
            format!("{info} {address}")
        };
        let app = Router::new().route("/x", get(said)).route("/hang", get(std::future::pending::<()>));
        let task = tokio::spawn(serve(Streams(streams), app));
        Self { connect, _task: tokio_util::task::AbortOnDropHandle::new(task) }
    }

    async fn connect(&self, first: &[u8]) -> DuplexStream {
        let (mut client, server) = duplex(64 * 1024);
        self.connect.send(server).expect("it is served");
        client.write_all(first).await.expect("it takes so much");
        client
    }
}

/// Returns the bytes that arrive until the connection ends, or for a second.
async fn answer(client: &mut DuplexStream) -> String {
    let mut bytes = Vec::new();
    let _ = timeout(Duration::from_secs(1), client.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn is_closed(client: &mut DuplexStream) -> bool {
    matches!(timeout(Duration::from_millis(1), client.read(&mut [0; 512])).await, Ok(Ok(0) | Err(_)))
}

#[tokio::test(start_paused = true)]
async fn requests_carry_their_connection_info() {
    let served = Served::start();
    let answer = answer(&mut served.connect(REQUEST).await).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("7 192.0.2.1"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn slow_requests_and_idle_connections_are_closed() {
    let served = Served::start();
    let mut silent = served.connect(b"").await;
    let mut half = served.connect(b"GET /x HTTP/1.1\r\nHost:").await;
    let mut kept = served.connect(REQUEST).await;
    assert!(answer(&mut kept).await.starts_with("HTTP/1.1 200"));
    tokio::time::sleep(REQUEST_TIMEOUT - Duration::from_secs(3)).await;
    assert!(!is_closed(&mut silent).await && !is_closed(&mut half).await && !is_closed(&mut kept).await);
    tokio::time::sleep(Duration::from_secs(5)).await;
    for client in [&mut silent, &mut half, &mut kept] {
        // hyper may say why before it closes.
        answer(client).await;
        assert!(is_closed(client).await);
    }
}

#[tokio::test(start_paused = true)]
async fn an_oversized_head_is_refused() {
    let served = Served::start();
    let mut client = served.connect(b"GET /x HTTP/1.1\r\nX: ").await;
    for _ in 0..8 * MAX_HEAD_BYTES / 1024 {
        if client.write_all(&[b'x'; 1024]).await.is_err() {
            break;
        }
    }
    let answer = answer(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn idle_connections_are_evicted_first() {
    let served = Served::start();
    let mut busy = served.connect(b"GET /hang HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut silent = Vec::new();
    for _ in 0..2 * MAX_HTTP_CONNECTIONS {
        silent.push(served.connect(b"GET /x HTTP/1.1\r\n").await);
    }
    let answer = answer(&mut served.connect(REQUEST).await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!is_closed(&mut busy).await);
    assert!(is_closed(&mut silent[0]).await);
    let mut open = 0;
    for client in &mut silent {
        open += usize::from(!is_closed(client).await);
    }
    assert!((MAX_HTTP_CONNECTIONS - 3..=MAX_HTTP_CONNECTIONS).contains(&open), "{open}");
}
