//! The limits on what clients can make a relay hold, and on the peers that they can reach.

use std::net::IpAddr;

use turn_types::attribute::Lifetime;

use super::*;
use crate::limits::*;

/// Allocates for clients of this user, at these addresses, until that is refused; gives how many there are then, and
/// the refusal.
fn fill(world: &mut World, name: &str, ip: [u8; 4]) -> (usize, u16) {
    for port in 0..u16::MAX {
        let id = ClientAddr::Udp(SocketAddr::new(IpAddr::from(ip), 1024 + port));
        let mut client = world.client_of(id, name);
        if let Err(code) = world.allocate(&mut client) {
            return (world.server.allocations.len(), code);
        }
    }
    panic!("there is no limit");
}

#[test]
fn allocations_are_limited_per_user_and_in_total() {
    let mut world = World::new();
    assert_eq!(fill(&mut world, "first", [127, 0, 0, 1]), (MAX_USER_ALLOCATIONS, 486));
    assert_eq!(fill(&mut world, "second", [127, 0, 0, 2]), (2 * MAX_USER_ALLOCATIONS, 508));
    assert_eq!(2 * MAX_USER_ALLOCATIONS, MAX_ALLOCATIONS);
    // One that ends makes room for its user, also under a later name of his.
    let mut world = World::new();
    fill(&mut world, "first", [127, 0, 0, 1]);
    let mut client = world.client_of(ClientAddr::Udp(address(1024)), "first");
    let mut later = world.udp_client(900);
    let credentials = world.secret.credentials("first", BEGAN_SECONDS + 10, Duration::from_secs(3600));
    (later.username, later.password) = (credentials.username, credentials.password.expose().to_owned());
    assert_eq!(world.allocate(&mut later), Err(486));
    assert_eq!(world.ask(&client, REFRESH, &[&Lifetime::new(0)]), Err(401));
    world.take_nonce(&mut client);
    assert!(world.ask(&client, REFRESH, &[&Lifetime::new(0)]).is_ok());
    assert!(world.ask(&later, ALLOCATE, &[&udp()]).is_ok());
}

#[test]
fn allocations_are_limited_per_remote_address() {
    let mut world = World::new();
    let mut made = 0;
    for name in ["a", "b", "c"] {
        made = fill(&mut world, name, [192, 0, 2, 1]).0;
    }
    assert_eq!(made, MAX_ADDRESS_ALLOCATIONS);
    let mut elsewhere = world.client_of(ClientAddr::Udp(SocketAddr::from(([192, 0, 2, 2], 5000))), "d");
    assert!(world.allocate(&mut elsewhere).is_ok());
}

#[test]
fn unused_connections_are_evicted_first() {
    let mut world = World::new();
    let in_use = ConnectionId(0);
    world.server.handle_connected(world.now, in_use, address(5000));
    let mut client = world.client(ClientAddr::Tcp(in_use, address(5000)));
    world.allocate(&mut client).expect("an address");
    world.outputs.clear();
    for number in 1..=2 * MAX_MEDIA_CONNECTIONS as u64 {
        world.server.handle_connected(world.now, ConnectionId(number), address(6000));
    }
    world.collect();
    let closed: Vec<_> = world.outputs.drain(..).collect();
    // The oldest first.
    let wanted = (1..=MAX_MEDIA_CONNECTIONS as u64 + 1).map(|number| RelayOutput::Disconnect(ConnectionId(number)));
    assert_eq!(closed, wanted.collect::<Vec<_>>());
    let newest = ConnectionId(2 * MAX_MEDIA_CONNECTIONS as u64);
    let mut late = world.client(ClientAddr::Tcp(newest, address(6000)));
    assert!(world.allocate(&mut late).is_ok());
    assert!(world.ask(&client, REFRESH, &[]).is_ok());
}

#[test]
fn connections_without_an_allocation_expire() {
    let mut world = World::new();
    world.server.handle_connected(world.now, ConnectionId(1), address(5000));
    world.pass(30);
    assert_eq!(world.outputs, [RelayOutput::Disconnect(ConnectionId(1))]);
}

#[test]
fn unauthenticated_answers_do_not_amplify() {
    let mut world = World::new();
    for ip in ["127.0.0.1", "::1"] {
        let from = SocketAddr::new(ip.parse().expect("an address"), 5000);
        for method in [ALLOCATE, REFRESH, DATA, BINDING] {
            for length in 0..=4usize {
                // A header, and an attribute that means nothing and may be passed over.
                let mut request = vec![0; 20 + 8 * length];
                request[..2].copy_from_slice(&method.value().to_be_bytes());
                request[2..4].copy_from_slice(&u16::try_from(8 * length).expect("short").to_be_bytes());
                request[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
                for attribute in request[20..].chunks_mut(8) {
                    attribute[..4].copy_from_slice(&[0x80, 0x99, 0, 4]);
                }
                world.outputs.clear();
                world.server.handle_datagram(world.now, from, &request);
                world.collect();
                for output in &world.outputs {
                    let RelayOutput::ToClient { contents, .. } = output else { panic!("{output:?}") };
                    assert!(contents.len() <= 3 * request.len(), "{} for {}", contents.len(), request.len());
                }
                // The shortest that a client can mean: REQUESTED-TRANSPORT has eight bytes.
                assert!(length == 0 && method != BINDING || world.outputs.len() == 1, "{ip} {method:?} {length}");
            }
        }
    }
}

#[test]
fn clients_reach_only_the_router_and_other_clients() {
    let mut world = World::new();
    let (mut first, mut second) = (world.udp_client(5000), world.udp_client(5001));
    let mine = world.allocate(&mut first).expect("an address");
    let other = world.allocate(&mut second).expect("an address");
    let (router, service) = (address(9000), address(53));
    assert_eq!(world.permit(&first, service), Ok(()), "a permission is for an IP address");
    assert_eq!(world.indicate(&first, service, b"x"), []);
    assert_eq!(world.bind(&first, 0x4000, service), Err(403));
    assert_eq!(world.indicate(&first, router, b"x").len(), 1);
    assert_eq!(world.indicate(&first, other, b"x").len(), 1);
    assert_eq!(world.bind(&first, 0x4001, other), Ok(()));
    // Nor does such a service reach a client.
    world.outputs.clear();
    world.peer_sends(1, service, b"x");
    assert_eq!(world.outputs, []);
    world.peer_sends(1, router, b"x");
    assert_eq!(world.outputs.len(), 1);
    // Once the other client has gone, its port may be that of a service.
    assert!(world.ask(&second, REFRESH, &[&Lifetime::new(0)]).is_ok());
    world.outputs.clear();
    world.send(&first, b"\x40\x01\0\x01x\0\0\0");
    assert_eq!(world.to_peers(), []);
    assert_ne!(mine, other);
}
