//! Clients that come by TLS.

use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;

use super::*;
use crate::transport::tls_identity::TlsIdentity;
use crate::transport::tls_identity::trusting;

/// A relay to this peer that listens for TLS, and what its clients trust.
async fn relay(
    peer: SocketAddr,
    network: &NetworkConfig,
    firewall: Option<MediaFirewall>,
) -> (RelayEndpoint, RelayPort, Arc<ClientConfig>) {
    let identity = TlsIdentity::generate(&["127.0.0.1"]).expect("an identity");
    let config = trusting(&identity);
    let peers = RelayPeers::Platform(vec![peer]);
    let options = RelayEndpointOptions { tls: Some(identity), peers, firewall, ..any_port() };
    let (path, port) = RelayEndpoint::open_with(options, network, 1).await.expect("a relay");
    (path, port, config)
}

async fn client(port: &RelayPort, config: Arc<ClientConfig>) -> Client {
    let stream = TcpStream::connect(port.tls_address.expect("it listens for TLS")).await.expect("connected");
    let address = stream.local_addr().expect("an address");
    let name = "127.0.0.1".try_into().expect("a name");
    let stream = TlsConnector::from(config).connect(name, stream).await.expect("TLS");
    Client::over(port, Wire::Stream(Box::new(stream)), address)
}

#[tokio::test]
async fn tls_reaches_a_peer_through_the_network() {
    let peer = echo().await;
    let (path, port, config) = relay(peer, &delayed(30), None).await;
    path.begin();
    let began = Instant::now();
    let mut client = client(&port, config).await;
    // TCP's round trip, and that of TLS 1.3.
    assert!(began.elapsed() >= Duration::from_millis(120), "{:?}", began.elapsed());
    client.reach(peer).await;
    assert!(began.elapsed() >= Duration::from_millis(300), "{:?}", began.elapsed());
    // So many that the peer's socket has room for them.
    for number in 0..20u8 {
        client.send(&channel_data(&[number; 1100])).await;
    }
    for number in 0..20 {
        assert_eq!(client.receive().await[4..1104], [number; 1100]);
    }
    assert_eq!(path.counters().await.udp.up.packets_in, 0);
}

#[tokio::test]
async fn a_full_tls_stream_drops_whole_messages() {
    let down = LinkConfig { rate: Some("2 Mbit/s".parse().expect("a rate")), ..LinkConfig::default() };
    let peer = echo().await;
    let (path, port, config) = relay(peer, &NetworkConfig { down, ..NetworkConfig::default() }, None).await;
    let mut client = client(&port, config).await;
    client.reach(peer).await;
    // More than the stream's buffer holds.
    for number in 0..600u32 {
        client.send(&channel_data(&number.to_be_bytes().repeat(250))).await;
    }
    let mut come = 0;
    while path.counters().await.tcp.down.packets_in > path.counters().await.tcp.down.packets_out || come == 0 {
        let message = client.receive().await;
        assert!(message[4..1004].chunks(4).all(|chunk| chunk == &message[4..8]), "torn");
        come += 1;
    }
    assert!((100..600).contains(&come), "{come} of 600");
}

#[tokio::test]
async fn a_firewall_against_all_but_tls_passes_turns() {
    let firewall = MediaFirewall::against_all_but_tls();
    let peer = echo().await;
    let (path, port, config) = relay(peer, &NetworkConfig::default(), Some(firewall.clone())).await;
    let mut plain = Client::open(&port, true).await;
    plain.send(&channel_data(b"of nobody")).await;
    Client::open(&port, false).await.send(&channel_data(b"of nobody")).await;
    let mut client = client(&port, config).await;
    client.reach(peer).await;
    client.send(&channel_data(b"there and back")).await;
    assert_eq!(client.receive().await[4..18], *b"there and back");
    let dropped = async {
        while (firewall.datagrams_dropped(), firewall.connections_dropped()) != (1, 1) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, dropped).await.expect("both are dropped");
    // It is not even refused.
    let Wire::Stream(stream) = &mut plain.wire else { panic!("TCP") };
    assert!(tokio::time::timeout(Duration::from_millis(50), stream.read(&mut [0; 16])).await.is_err());
    drop(path);
}

#[tokio::test]
async fn clients_without_tls_or_trust_are_disconnected() {
    let peer = echo().await;
    let (_path, port, _) = relay(peer, &NetworkConfig::default(), None).await;
    let address = port.tls_address.expect("it listens for TLS");
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(&channel_data(b"without TLS")).await.expect("sent");
    let ended = tokio::time::timeout(LIMIT, stream.read_to_end(&mut Vec::new())).await;
    assert!(ended.is_ok(), "it goes on");

    let stranger = TlsIdentity::generate(&["127.0.0.1"]).expect("an identity");
    let stream = TcpStream::connect(address).await.expect("connected");
    let name = "127.0.0.1".try_into().expect("a name");
    let refused = TlsConnector::from(trusting(&stranger)).connect(name, stream).await;
    assert!(refused.is_err(), "a certificate of somebody else is trusted");
    // And others are served.
    Client::open(&port, true).await.reach(peer).await;
}
