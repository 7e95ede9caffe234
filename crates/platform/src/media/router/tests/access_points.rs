//! Access points: clients of the same sessions that reach the router by different addresses.

use super::*;

const OTHER: ([u8; 4], u16) = ([127, 0, 0, 1], 2);

#[test]
fn clients_receive_the_addresses_of_their_access_point() {
    let mut world = World::new();
    let access = world.router.add_access_point(SocketAddr::from(OTHER));
    world.publisher();
    let (subscriber, stream) = ("b".to_owned(), "s".to_owned());
    let request = MediaRequest::Subscribe { subscriber, stream, audio_fallback: false, access };
    world.router.handle_request(world.now, request);
    world.pump();
    let port = |sdp: &str| {
        sdp.contains(" 127.0.0.1 1 typ host")
            .then_some(1)
            .or_else(|| sdp.contains(" 127.0.0.1 2 typ host").then_some(2))
    };
    let ports: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| match event {
            MediaEvent::Answer { sdp, .. } | MediaEvent::Offer { sdp, .. } => Some(port(sdp)),
            _ => None,
        })
        .collect();
    assert_eq!(ports, [Some(1), Some(2)]);
}

#[test]
fn a_datagram_by_another_access_point_is_nobodys() {
    let (mut world, publisher, _) = World::new().connect();
    let access = world.router.add_access_point(SocketAddr::from(OTHER));
    let source = world.clients[publisher].remote();
    let rtp = [0x80, 0x60, 0, 0];
    assert!(world.router.handle_datagram_at(world.now, AccessId::default(), source, &rtp));
    assert!(!world.router.handle_datagram_at(world.now, access, source, &rtp));
}
