//! Media over TCP (ICE-TCP, RFC 6544).

use super::*;

#[test]
fn ice_tcp_clients_have_media() {
    let udp = SocketAddr::from(([127, 0, 0, 1], 9));
    let addresses = MediaAddresses { tcp: Some(SocketAddr::from(ROUTER)), ..udp.into() };
    let (mut world, publisher, subscriber) = World::of(Router::new(addresses), Protocol::Tcp).connect();
    for index in 0..20 {
        let now = world.now;
        world.clients[publisher].send_video(now, index * 3000);
        world.pass(Duration::from_millis(30));
    }
    assert_eq!(numbers(&world.clients[subscriber].received), (0..20).collect::<Vec<_>>());
    for event in &world.events {
        if let MediaEvent::Answer { sdp, .. } | MediaEvent::Offer { sdp, .. } = event {
            let candidates: Vec<_> = sdp.lines().filter(|line| line.starts_with("a=candidate:")).collect();
            assert!(candidates.len().is_multiple_of(2) && candidates.len() >= 2, "{sdp}");
            assert!(candidates[1].contains(" 127.0.0.1 1 typ host tcptype passive"), "{sdp}");
        }
    }
    // The same address by UDP is nobody's.
    let from = world.clients[publisher].address;
    assert!(!world.router.handle_datagram(world.now, from, &[0x80, 0x60, 0, 0]));
    assert!(world.router.handle_datagram(world.now, PeerAddr::Tcp(from), &[0x80, 0x60, 0, 0]));
}
