//! Over real sockets. What browsers do is in `tests/it/firewalls.rs`.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::MediaPort;
use crate::media::framed;
use crate::transport::access_link::AccessCounters;
use precall_netem::{LinkConfig, NetworkConfig};

mod downlink;

const LIMIT: Duration = Duration::from_secs(10);

async fn path(network: &NetworkConfig) -> (MediaEndpoint, MediaPort) {
    let options = MediaEndpointOptions { tcp: true, ..MediaEndpointOptions::new(Ipv4Addr::LOCALHOST.into()) };
    MediaEndpoint::open_with(options, network, 1).await.expect("a path")
}

async fn connect(path: &MediaEndpoint) -> TcpStream {
    TcpStream::connect(path.tcp_address().expect("it takes TCP")).await.expect("connected")
}

async fn until(path: &MediaEndpoint, is_so: impl Fn(&AccessCounters) -> bool) -> AccessCounters {
    let wait = async {
        loop {
            let counters = path.access_counters(crate::media::AccessId::default()).await;
            if is_so(&counters) {
                return counters;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, wait).await.expect("it comes to that")
}

#[tokio::test]
async fn frames_pass_the_links_of_streams_whole() {
    let way = LinkConfig { delay: Duration::from_millis(30), ..LinkConfig::default() };
    let (path, _port) = path(&NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() }).await;
    path.begin();
    let sent = Instant::now();
    let mut stream = connect(&path).await;
    let frames = [framed(&[1; 500]), framed(&[2; 700])].map(|frame| frame.expect("short")).concat();
    for part in frames.chunks(350) {
        stream.write_all(part).await.expect("sent");
    }
    // The SYN and the frames.
    let counters = until(&path, |counters| counters.tcp.up.packets_out == 3).await;
    // The round trip of the handshake, and the way of the frames.
    assert!(sent.elapsed() >= Duration::from_millis(90), "{:?}", sent.elapsed());
    assert_eq!((counters.tcp.up.bytes_in, counters.udp.up.packets_in), (1204, 0), "{counters:?}");
    assert_eq!(path.peer_counts().await, (0, 0));
}

#[tokio::test]
async fn invalid_data_and_dropping_end_connections() {
    let (path, _port) = path(&NetworkConfig::default()).await;
    let mut stream = connect(&path).await;
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("sent");
    let mut other = connect(&path).await;
    for stream in [&mut stream, &mut other] {
        let ended = tokio::time::timeout(Duration::from_millis(300), stream.read(&mut [0; 16])).await;
        // The second one has said nothing yet.
        assert!(matches!(ended, Ok(Ok(0) | Err(_)) | Err(_)), "{ended:?}");
    }
    other.write_all(&framed(b"of nobody").expect("short")).await.expect("sent");
    // Two SYNs and the frame.
    until(&path, |counters| counters.tcp.up.packets_out == 3).await;
    assert!(stream.read(&mut [0; 16]).await.is_ok_and(|length| length == 0), "it has ended");
    drop(path);
    let ended = tokio::time::timeout(LIMIT, other.read(&mut [0; 16])).await.expect("it ends");
    assert!(matches!(ended, Ok(0) | Err(_)));
}

#[tokio::test]
async fn connections_are_bounded() {
    let (path, _port) = path(&NetworkConfig::default()).await;
    let mut streams = Vec::new();
    for _ in 0..=256 {
        streams.push(connect(&path).await);
    }
    // The oldest, on which nothing has come, makes room for the last.
    let ended = tokio::time::timeout(LIMIT, streams[0].read(&mut [0; 16])).await.expect("it ends");
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    for open in [1, 256] {
        let ended = tokio::time::timeout(Duration::from_millis(50), streams[open].read(&mut [0; 16])).await;
        assert!(ended.is_err(), "{open}: {ended:?}");
    }
}
