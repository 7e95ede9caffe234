use std::net::SocketAddr;
use std::time::Duration;

use super::*;
use precall_netem::units::Ratio;
use precall_netem::{LinkConfig, Outage};

const CONNECTION: ConnectionId = ConnectionId(1);

fn client() -> ClientAddr {
    ClientAddr::Tcp(CONNECTION, SocketAddr::from(([127, 0, 0, 1], 5000)))
}

fn tcp(contents: &[u8]) -> ClientPacket {
    ClientPacket { client: client(), contents: contents.to_vec() }
}

/// Returns the results of handshakes with their times in milliseconds since `began`, until none is left.
fn events(access_link: &mut AccessLink, began: Instant) -> Vec<(u128, HandshakeEvent)> {
    let (mut events, mut now) = (Vec::new(), began);
    loop {
        assert_eq!((access_link.poll_uplink(now), access_link.poll_downlink(now)), (None, None));
        while let Some(event) = access_link.poll_handshake() {
            events.push(((now - began).as_millis(), event));
        }
        match access_link.poll_timeout(now) {
            Some(at) => now = at.max(now),
            None => return events,
        }
    }
}

#[test]
fn a_handshake_takes_a_round_trip() {
    let way = |ms| LinkConfig { delay: Duration::from_millis(ms), ..LinkConfig::default() };
    let network = NetworkConfig { up: way(30), down: way(50), ..NetworkConfig::default() };
    let (mut access_link, now) = (AccessLink::new(&network, 1), Instant::now());
    access_link.handle_connect(now, CONNECTION);
    let wanted = [(30, HandshakeEvent::Requested(CONNECTION)), (80, HandshakeEvent::Established(CONNECTION))];
    assert_eq!(events(&mut access_link, now), wanted);
}

#[test]
fn a_handshake_in_an_outage_waits_for_the_next_syn() {
    let outage = Outage { at: Duration::ZERO, duration: Duration::from_millis(2_500) };
    let way = LinkConfig { delay: Duration::from_millis(30), outages: vec![outage], ..LinkConfig::default() };
    let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
    let (mut access_link, now) = (AccessLink::new(&network, 1), Instant::now());
    access_link.handle_connect(now, CONNECTION);
    let wanted = [(3030, HandshakeEvent::Requested(CONNECTION)), (3060, HandshakeEvent::Established(CONNECTION))];
    assert_eq!(events(&mut access_link, now), wanted);
}

#[test]
fn failed_and_ended_handshakes_are_forgotten() {
    let way = LinkConfig { loss: Ratio::new(1.0), ..LinkConfig::default() };
    let network = NetworkConfig { up: way, ..NetworkConfig::default() };
    let (mut access_link, now) = (AccessLink::new(&network, 1), Instant::now());
    access_link.handle_connect(now, CONNECTION);
    assert_eq!(events(&mut access_link, now), [(127_000, HandshakeEvent::GivenUp(CONNECTION))]);
    let (mut access_link, now) = (AccessLink::new(&network, 1), Instant::now());
    access_link.handle_connect(now, CONNECTION);
    access_link.handle_disconnect(CONNECTION);
    assert_eq!(events(&mut access_link, now), []);
}

#[test]
fn stream_data_in_flight_is_bounded() {
    let way = LinkConfig { rate: Some("400 kbit/s".parse().expect("a rate")), ..LinkConfig::default() };
    let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
    let (mut access_link, now) = (AccessLink::new(&network, 1), Instant::now());
    let data = [&[0x40, 0, 3, 0xfc][..], &[0; 1020]].concat();
    for _ in 0..1000 {
        if access_link.accepts_downlink(client(), true) {
            access_link.handle_downlink(now, tcp(&data));
        }
    }
    assert!(access_link.accepts_downlink(client(), false));
    access_link.handle_downlink(now, tcp(&[1, 1, 0, 0]));
    let inside = access_link.counters().tcp.down;
    assert_eq!((inside.packets_in, inside.bytes_in), (257, MAX_INSIDE_BYTES + 4));
    assert!(!access_link.is_full());
    for _ in 0..256 {
        access_link.handle_uplink(now, tcp(&data));
    }
    assert!(access_link.is_full());
}
