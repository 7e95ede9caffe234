//! Over real sockets, with a client that knows just enough.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use turn_types::attribute::{ChannelNumber, RequestedTransport, XorPeerAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND};
use turn_types::stun::attribute::{AttributeWrite, ErrorCode, Nonce, Realm, Username};
use turn_types::stun::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageClass, MessageType, MessageWrite, MessageWriteExt,
    MessageWriteVec, Method, TransactionId,
};

use super::*;
use crate::relay::{IceServer, RelayPeers, RelayPort};
use crate::transport::{MediaEndpoint, MediaEndpointOptions, MediaFirewall, Tap};
use precall_netem::units::Ratio;
use precall_netem::{LinkConfig, NetworkConfig};

const LIMIT: Duration = Duration::from_secs(10);

mod tls;

enum Wire {
    Udp(UdpSocket),
    Stream(Box<dyn ByteStream>),
}

trait ByteStream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> ByteStream for T {}

struct Client {
    wire: Wire,
    address: SocketAddr,
    server: IceServer,
    nonce: Option<String>,
}

impl Client {
    async fn open(port: &RelayPort, is_tcp: bool) -> Self {
        if is_tcp {
            let stream = TcpStream::connect(port.address).await.expect("connected");
            let address = stream.local_addr().expect("an address");
            return Self::over(port, Wire::Stream(Box::new(stream)), address);
        }
        let socket = UdpSocket::bind((port.address.ip(), 0)).await.expect("a socket");
        socket.connect(port.address).await.expect("connected");
        let address = socket.local_addr().expect("an address");
        Self::over(port, Wire::Udp(socket), address)
    }

    fn over(port: &RelayPort, wire: Wire, address: SocketAddr) -> Self {
        let server = port.ice_servers(crate::Now::read().unix_seconds()).remove(0);
        Self { wire, address, server, nonce: None }
    }

    async fn send(&mut self, contents: &[u8]) {
        match &mut self.wire {
            Wire::Udp(socket) => drop(socket.send(contents).await.expect("sent")),
            Wire::Stream(stream) => stream.write_all(contents).await.expect("sent"),
        }
    }

    /// The next message.
    async fn receive(&mut self) -> Vec<u8> {
        let receive = async {
            match &mut self.wire {
                Wire::Udp(socket) => {
                    let mut buffer = vec![0; 2048];
                    let length = socket.recv(&mut buffer).await.expect("received");
                    buffer.truncate(length);
                    buffer
                }
                Wire::Stream(stream) => {
                    let mut message = vec![0; 4];
                    stream.read_exact(&mut message).await.expect("received");
                    let length = usize::from(u16::from_be_bytes([message[2], message[3]]));
                    let rest = if message[0] >> 6 == 1 { length.next_multiple_of(4) } else { length + 16 };
                    message.resize(4 + rest, 0);
                    stream.read_exact(&mut message[4..]).await.expect("received");
                    message
                }
            }
        };
        tokio::time::timeout(LIMIT, receive).await.expect("the relay answers")
    }

    /// Asks, and gives the code of a refusal.
    async fn ask(&mut self, method: Method, transaction: u128, attributes: &[&dyn AttributeWrite]) -> Result<(), u16> {
        let kind = MessageType::from_class_method(MessageClass::Request, method);
        let mut request = Message::builder(kind, transaction.into(), MessageWriteVec::new());
        for attribute in attributes {
            request.add_attribute(*attribute).expect("added");
        }
        if let Some(nonce) = &self.nonce {
            let (user, password) = (self.server.username.clone(), self.server.credential.clone());
            request.add_attribute(&Username::new(&user).expect("a name")).expect("added");
            request.add_attribute(&Realm::new("precall").expect("a realm")).expect("added");
            request.add_attribute(&Nonce::new(nonce).expect("a nonce")).expect("added");
            let key = LongTermKeyCredentials::new(user, password, "precall".to_owned());
            let key = key.make_key(IntegrityAlgorithm::Sha1);
            request.add_message_integrity_with_key(&key, IntegrityAlgorithm::Sha1).expect("added");
        }
        self.send(&request.finish()).await;
        let answer = self.receive().await;
        let answer = Message::from_bytes(&answer).expect("a message");
        if let Ok(nonce) = answer.attribute::<Nonce>() {
            self.nonce = Some(nonce.nonce().to_owned());
        }
        answer.attribute::<ErrorCode>().map_or(Ok(()), |error| Err(error.code()))
    }

    /// Logs in, and binds channel 0x4000 to a peer.
    async fn reach(&mut self, peer: SocketAddr) {
        let udp = RequestedTransport::new(RequestedTransport::UDP);
        assert_eq!(self.ask(ALLOCATE, 1, &[&udp]).await, Err(401));
        assert_eq!(self.ask(ALLOCATE, 2, &[&udp]).await, Ok(()));
        let peer = XorPeerAddress::new(peer, TransactionId::from(3));
        assert_eq!(self.ask(CHANNEL_BIND, 3, &[&ChannelNumber::new(0x4000), &peer]).await, Ok(()));
    }
}

/// A peer that sends everything back.
async fn echo() -> SocketAddr {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a socket");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut buffer = [0; 2048];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            socket.send_to(&buffer[..length], from).await.expect("sent");
        }
    });
    address
}

/// Channel data, padded: over UDP that is allowed.
fn channel_data(contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len()).expect("short");
    let mut message = [&0x4000u16.to_be_bytes(), &length.to_be_bytes(), contents].concat();
    message.resize(message.len().next_multiple_of(4), 0);
    message
}

/// A relay to these peers.
async fn open(peers: &[SocketAddr], network: &NetworkConfig) -> (RelayEndpoint, RelayPort) {
    let options = RelayEndpointOptions { peers: RelayPeers::Platform(peers.to_vec()), ..any_port() };
    RelayEndpoint::open_with(options, network, 1).await.expect("a relay")
}

fn any_port() -> RelayEndpointOptions {
    RelayEndpointOptions::new((Ipv4Addr::LOCALHOST, 0).into())
}

fn delayed(milliseconds: u64) -> NetworkConfig {
    let way = LinkConfig { delay: Duration::from_millis(milliseconds), ..LinkConfig::default() };
    NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() }
}

#[tokio::test]
async fn udp_and_tcp_reach_a_peer_through_the_network() {
    let peer = echo().await;
    for is_tcp in [false, true] {
        let (path, port) = open(&[peer], &delayed(30)).await;
        path.begin();
        let began = Instant::now();
        let mut client = Client::open(&port, is_tcp).await;
        client.reach(peer).await;
        // Three requests, and before them TCP's handshake: a round trip each.
        let round_trips = if is_tcp { 4 } else { 3 };
        assert!(began.elapsed() >= Duration::from_millis(60 * round_trips), "{:?}", began.elapsed());
        let sent = Instant::now();
        client.send(&channel_data(b"there and back")).await;
        let come = client.receive().await;
        assert_eq!(come[4..18], *b"there and back");
        assert!(sent.elapsed() >= Duration::from_millis(60), "{:?}", sent.elapsed());
        let counters = path.counters().await;
        let used = if is_tcp { counters.tcp } else { counters.udp };
        let packets = round_trips + 1;
        assert_eq!((used.up.packets_out, used.down.packets_out), (packets, packets), "{counters:?}");
        assert!(used.down.delay_mean() >= Some(Duration::from_millis(30)));
    }
}

#[tokio::test]
async fn only_datagrams_are_lost_on_a_lossy_network() {
    let peer = echo().await;
    let loss = Ratio::new(0.5);
    let way = LinkConfig { loss, ..LinkConfig::default() };
    let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
    let (path, port) = open(&[peer], &network).await;
    let mut client = Client::open(&port, true).await;
    client.reach(peer).await;
    for number in 0..200u8 {
        client.send(&channel_data(&[number; 400])).await;
        // In step, as the peer's socket has only so much room.
        assert_eq!(client.receive().await[4], number);
    }
    assert_eq!(path.counters().await.tcp.up.packets_dropped(), 0);
    let mut client = Client::open(&port, false).await;
    for _ in 0..100 {
        client.send(&channel_data(b"of nobody")).await;
    }
    let mut lost = 0;
    for _ in 0..1000 {
        let up = path.counters().await.udp.up;
        lost = up.packets_dropped();
        if up.packets_in == 100 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!((30..70).contains(&lost), "{lost}");
}

#[tokio::test]
async fn invalid_data_and_dropping_end_connections() {
    let peer = echo().await;
    let (path, port) = open(&[peer], &NetworkConfig::default()).await;
    let mut stream = TcpStream::connect(port.address).await.expect("connected");
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("sent");
    let ended = tokio::time::timeout(LIMIT, stream.read(&mut [0; 16])).await.expect("it ends");
    assert!(matches!(ended, Ok(0) | Err(_)));

    let mut client = Client::open(&port, true).await;
    client.reach(peer).await;
    drop(path);
    let Wire::Stream(mut stream) = client.wire else { panic!("TCP") };
    let ended = tokio::time::timeout(LIMIT, stream.read(&mut [0; 16])).await.expect("it ends");
    assert!(matches!(ended, Ok(0) | Err(_)));
    // The port is free for both again.
    let network = NetworkConfig::default();
    let open_again = || RelayEndpoint::open_with(RelayEndpointOptions::new(port.address), &network, 1);
    let (again, _) = open_again().await.expect("the same port");
    let taken = open_again().await.expect_err("taken");
    assert!(taken.to_string().contains(&again.address().to_string()), "{taken}");
}

#[tokio::test]
async fn a_firewall_against_udp_passes_only_the_relay() {
    let firewall = MediaFirewall::against_udp();
    let network = NetworkConfig::default();
    let peer = echo().await;
    let options = MediaEndpointOptions {
        firewall: Some(firewall.clone()),
        ..MediaEndpointOptions::new(Ipv4Addr::LOCALHOST.into())
    };
    let (media, _port) = MediaEndpoint::open_with(options, &network, 1).await.expect("a path");
    let peers = RelayPeers::Platform(vec![peer, media.address()]);
    let (path, port) = RelayEndpoint::open_with(
        RelayEndpointOptions { peers, firewall: Some(firewall.clone()), ..any_port() },
        &network,
        1,
    )
    .await
    .expect("a relay");
    let mut client = Client::open(&port, true).await;
    client.reach(peer).await;
    client.send(&channel_data(b"there and back")).await;
    assert_eq!(client.receive().await[4..18], *b"there and back");
    assert_eq!(firewall.datagrams_dropped(), 0);

    Client::open(&port, false).await.send(&channel_data(b"of nobody")).await;
    let stranger = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a socket");
    stranger.send_to(b"directly", media.address()).await.expect("sent");
    let mut client = Client::open(&port, true).await;
    client.reach(media.address()).await;
    client.send(&channel_data(b"by the relay")).await;
    let arrived = async {
        while firewall.datagrams_dropped() < 2 || media.counters().await.up.packets_in < 1 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, arrived).await.expect("it arrives");
    assert_eq!((firewall.datagrams_dropped(), media.counters().await.up.packets_in), (2, 1));
    assert_eq!(path.counters().await.udp.up.packets_in, 0);
}

#[tokio::test]
async fn relayed_packets_are_captured_as_datagrams() {
    let peer = echo().await;
    for is_tcp in [false, true] {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let tap = Tap::new(file.reopen().expect("the file")).expect("a capture");
        let peers = RelayPeers::Platform(vec![peer]);
        let options = RelayEndpointOptions { peers, tap: Some(tap), ..any_port() };
        let (_path, port) = RelayEndpoint::open_with(options, &NetworkConfig::default(), 1).await.expect("a relay");
        let mut client = Client::open(&port, is_tcp).await;
        client.reach(peer).await;
        client.send(&channel_data(b"there and back")).await;
        assert_eq!(client.receive().await[4..18], *b"there and back");
        let own = client.address;
        // UDP's header, and what it carries.
        let datagram = |from: SocketAddr, to: SocketAddr, contents: &[u8]| {
            let length = u16::try_from(8 + contents.len()).expect("short");
            let header = [from.port(), to.port(), length, 0].map(u16::to_be_bytes).concat();
            [&header, contents].concat()
        };
        let data = [(own, peer), (peer, own)].map(|(from, to)| datagram(from, to, b"there and back"));
        let seen = |wanted: &[u8]| {
            let capture = std::fs::read(file.path()).expect("it");
            capture.windows(wanted.len()).filter(|window| *window == wanted).count()
        };
        let captured = async {
            // On both sides of the link; a thread writes.
            while data.iter().any(|datagram| seen(datagram) < 2) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(LIMIT, captured).await.expect("it is captured");
        assert_eq!(data.each_ref().map(|datagram| seen(datagram)), [2, 2]);
        // The same client asks the relay itself for a way to that peer, three times.
        let ports = [own.port(), port.address.port()].map(u16::to_be_bytes).concat();
        assert!(seen(&ports) >= 6, "what is said to the relay is not captured");
    }
}
