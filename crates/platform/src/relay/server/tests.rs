use std::time::Duration;

use turn_types::AddressFamily;
use turn_types::attribute::{Data, Lifetime, RequestedAddressFamily, RequestedTransport, XorPeerAddress};
use turn_types::message::{ALLOCATE, DATA, REFRESH};
use turn_types::stun::attribute::XorMappedAddress;
use turn_types::stun::message::BINDING;

use super::*;
use crate::relay::RelayedPort;

mod bounds;
mod bytes;
mod even_port;
mod long_calls;
mod world;

use world::{BEGAN_SECONDS, Client, World, address, lifetime, udp};

#[test]
fn binding_returns_the_mapped_address() {
    let mut world = World::new();
    let client = world.udp_client(5000);
    let request = client.request(BINDING, 7.into(), &[]);
    world.send(&client, &request);
    let answer = world.to_client(&client).remove(0);
    let message = Message::from_bytes(&answer).expect("a message");
    assert_eq!(message.attribute::<XorMappedAddress>().expect("an address").addr(7.into()), address(5000));
}

#[test]
fn data_passes_both_ways_with_a_permission() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.allocate(&mut client), Ok(address(10_001)));
    let peer = address(9000);
    assert_eq!(world.indicate(&client, peer, b"early"), []);
    world.outputs.clear();
    world.peer_sends(1, peer, b"early");
    assert_eq!(world.outputs, []);

    assert_eq!(world.permit(&client, peer), Ok(()));
    assert_eq!(world.indicate(&client, peer, b"up"), [(peer, b"up".to_vec())]);
    world.outputs.clear();
    world.peer_sends(1, peer, b"down");
    let indication = world.to_client(&client).remove(0);
    let message = Message::from_bytes(&indication).expect("a message");
    assert!(message.has_method(DATA) && message.has_class(MessageClass::Indication));
    assert_eq!(message.attribute::<Data>().expect("data").data(), b"down");
    assert_eq!(message.attribute::<XorPeerAddress>().expect("a peer").addr(message.transaction_id()), peer);

    assert_eq!(world.bind(&client, 0x4000, peer), Ok(()));
    world.outputs.clear();
    world.peer_sends(1, peer, b"down!");
    assert_eq!(world.to_client(&client), [b"\x40\0\0\x05down!".to_vec()]);
    world.outputs.clear();
    world.send(&client, b"\x40\0\0\x03up!\0");
    assert_eq!(world.to_peers(), [(peer, b"up!".to_vec())]);
    // A channel that is not bound, and a length that is not true.
    world.outputs.clear();
    world.send(&client, b"\x40\x01\0\x03up!");
    world.send(&client, b"\x40\0\0\x04up!");
    assert_eq!(world.outputs, []);
}

#[test]
fn streams_carry_padded_messages() {
    let mut world = World::new();
    let id = ConnectionId(4);
    let mut client = world.client(ClientAddr::Tcp(id, address(5000)));
    world.server.handle_connected(world.now, id, address(5000));
    assert_eq!(world.allocate(&mut client), Ok(address(10_001)));
    let peer = address(9000);
    assert_eq!(world.bind(&client, 0x4000, peer), Ok(()));
    world.outputs.clear();
    world.peer_sends(1, peer, b"down!");
    assert_eq!(world.to_client(&client), [b"\x40\0\0\x05down!\0\0\0".to_vec()]);
    world.outputs.clear();
    for part in [&b"\x40\0\0\x03u"[..], b"p!\0\x40\0", b"\0\x01.\0\0\0"] {
        world.send(&client, part);
    }
    assert_eq!(world.to_peers(), [(peer, b"up!".to_vec()), (peer, b".".to_vec())]);
    world.outputs.clear();
    world.send(&client, b"GET / HTTP/1.1");
    assert_eq!(world.outputs, [RelayOutput::Close(AllocationId(1)), RelayOutput::Disconnect(id)]);
}

#[test]
fn wrong_credentials_are_refused() {
    let mut world = World::new();
    let mut wrong_password = world.udp_client(5000);
    wrong_password.password = "wrong".to_owned();
    assert_eq!(world.allocate(&mut wrong_password), Err(401));
    let mut unknown = world.udp_client(5001);
    unknown.username = "somebody".to_owned();
    assert_eq!(world.allocate(&mut unknown), Err(401));
    let mut other_expiry = world.udp_client(5002);
    other_expiry.username = format!("9{}", other_expiry.username);
    assert_eq!(world.allocate(&mut other_expiry), Err(401));
    let mut expired = world.udp_client(5003);
    world.pass(3600);
    assert_eq!(world.allocate(&mut expired), Err(401));
    let mut borrowed_nonce = world.udp_client(5004);
    borrowed_nonce.nonce.clone_from(&expired.nonce);
    assert_eq!(world.ask(&borrowed_nonce, ALLOCATE, &[&udp()]), Err(438));
    assert!(world.server.allocations.is_empty());
}

#[test]
fn an_allocation_outlives_its_user_name() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    for _ in 0..6 {
        world.pass(599);
        assert_eq!(world.ask(&client, REFRESH, &[]).map(|answer| lifetime(&answer)), Ok(600));
    }
    world.pass(10);
    // The nonce is an hour old.
    assert_eq!(world.ask(&client, REFRESH, &[]), Err(438));
    world.take_nonce(&mut client);
    assert!(world.ask(&client, REFRESH, &[]).is_ok());
    let other = world.secret.credentials("other", BEGAN_SECONDS + 9000, Duration::from_secs(60));
    let nonce = client.nonce.clone();
    let thief = Client { id: client.id, username: other.username, password: other.password.expose().to_owned(), nonce };
    assert_eq!(world.ask(&thief, REFRESH, &[&Lifetime::new(0)]), Err(441));
}

#[test]
fn allocations_expire_without_a_refresh() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    let end = world.server.poll_timeout().expect("a time");
    assert_eq!(end, world.now.instant + Duration::from_secs(600));
    world.outputs.clear();
    world.pass(599);
    assert_eq!(world.outputs, []);
    world.pass(1);
    assert_eq!(world.outputs, [RelayOutput::Close(AllocationId(1))]);
    assert_eq!(world.server.poll_timeout(), None);
    assert_eq!(world.permit(&client, address(9000)), Err(437));
}

#[test]
fn lifetimes_are_granted_within_limits() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    for (asked, given) in [(1, 600), (600, 600), (1000, 1000), (u32::MAX, 3600), (0, 0)] {
        let answer = world.ask(&client, REFRESH, &[&Lifetime::new(asked)]).expect("an answer");
        assert_eq!(lifetime(&answer), given, "{asked}");
    }
    assert_eq!(world.outputs[0], RelayOutput::Close(AllocationId(1)));
    assert_eq!(world.ask(&client, REFRESH, &[]), Err(437));
}

#[test]
fn a_repeated_request_gets_the_same_answer() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(401));
    world.take_nonce(&mut client);
    let first = world.ask_as(&client, ALLOCATE, 77.into(), &[&udp()]).expect("an address");
    assert_eq!(world.ask_as(&client, ALLOCATE, 77.into(), &[&udp()]), Ok(first));
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp()]), Err(437));
}

#[test]
fn unsupported_requests_are_refused_by_code() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(401));
    world.take_nonce(&mut client);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(400));
    assert_eq!(world.ask(&client, ALLOCATE, &[&RequestedTransport::new(RequestedTransport::TCP)]), Err(442));
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp(), &turn_types::attribute::DontFragment::new()]), Err(420));
    let family = RequestedAddressFamily::new(AddressFamily::IPV6);
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp(), &family]), Err(440));
    assert_eq!(world.ask(&client, DATA, &[]), Err(400));
    assert_eq!(world.ask(&client, REFRESH, &[]), Err(437));
}

#[test]
fn an_ipv6_relay_allocates_ipv6_addresses() {
    let mut world = World::on("[::1]:3478".parse().expect("an address"));
    let mut client = world.client(ClientAddr::Udp("[::1]:5000".parse().expect("an address")));
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(401));
    world.take_nonce(&mut client);
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp(), &RequestedAddressFamily::new(AddressFamily::IPV4)]), Err(440));
    assert!(world.ask(&client, ALLOCATE, &[&udp(), &RequestedAddressFamily::new(AddressFamily::IPV6)]).is_ok());
    assert_eq!(world.permit(&client, "[::1]:9000".parse().expect("an address")), Ok(()));
    assert_eq!(world.permit(&client, address(9000)), Err(443));
}

#[test]
fn remote_peers_are_forbidden() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    let elsewhere = SocketAddr::from(([192, 0, 2, 1], 53));
    assert_eq!(world.permit(&client, elsewhere), Err(403));
    assert_eq!(world.bind(&client, 0x4000, elsewhere), Err(403));
    assert_eq!(world.bind(&client, 0x4000, address(3478)), Err(403));
    assert_eq!(world.permit(&client, "[::1]:9".parse().expect("an address")), Err(443));
    for number in [0x3fff, 0x7fff, 0x8000] {
        assert_eq!(world.bind(&client, number, address(9000)), Err(400), "{number:x}");
    }
    // As a client of RFC 5766 may.
    assert_eq!(world.bind(&client, 0x7ffe, address(9000)), Ok(()));
    assert_eq!(world.permit(&client, address(3478)), Ok(()));
    assert_eq!(world.indicate(&client, address(3478), b"round and round"), []);
}

#[test]
fn a_failed_socket_is_reported() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(401));
    world.take_nonce(&mut client);
    let ClientAddr::Udp(from) = client.id else { panic!("UDP") };
    world.server.handle_datagram(world.now, from, &client.request(ALLOCATE, 9.into(), &[&udp()]));
    assert_eq!(
        world.server.poll_output(),
        Some(RelayOutput::Open { allocation: AllocationId(1), port: RelayedPort::Any })
    );
    // Asked again meanwhile.
    world.server.handle_datagram(world.now, from, &client.request(ALLOCATE, 9.into(), &[&udp()]));
    assert_eq!(world.server.poll_output(), None);
    world.outputs.clear();
    world.server.handle_opened(world.now, AllocationId(1), None);
    world.collect();
    let answer = world.to_client(&client).remove(0);
    let error = Message::from_bytes(&answer).and_then(|message| message.attribute::<ErrorCode>()).expect("an error");
    assert_eq!(error.code(), 508);
    assert!(world.server.allocations.is_empty());
}

#[test]
fn faults_refuse_ignore_and_block() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    let peer = address(9000);
    world.bind(&client, 0x4000, peer).expect("a channel");

    world.server.handle_request(RelayRequest::Fault(Action::Status(486)));
    let mut late = world.udp_client(5001);
    assert_eq!(world.allocate(&mut late), Err(486));
    assert_eq!(world.indicate(&client, peer, b"still").len(), 1);

    world.server.handle_request(RelayRequest::Fault(Action::Block));
    assert!(world.ask(&client, REFRESH, &[]).is_ok());
    assert_eq!(world.indicate(&client, peer, b"x"), []);
    world.outputs.clear();
    world.send(&client, b"\x40\0\0\x01x");
    world.peer_sends(1, peer, b"x");
    assert_eq!(world.outputs, []);

    world.server.handle_request(RelayRequest::Fault(Action::Hang));
    world.send(&client, &client.request(BINDING, 7.into(), &[]));
    world.peer_sends(1, peer, b"x");
    assert_eq!(world.outputs, []);
}
