//! No bytes bring the relay down.

use turn_types::attribute::{ChannelNumber, Data, Lifetime, XorPeerAddress};
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};
use turn_types::stun::attribute::{Attribute, AttributeWrite, RawAttribute};
use turn_types::stun::message::{BINDING, Method};

use super::super::*;
use super::world::{World, address, udp};

/// Requests of every kind, which random changes are made to.
fn valid_messages() -> Vec<Vec<u8>> {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    world.allocate(&mut client).expect("an address");
    let peer = XorPeerAddress::new(address(9000), 9.into());
    let mut messages = vec![b"\x40\0\0\x04data".to_vec()];
    for (method, attributes) in [
        (BINDING, &[][..]),
        (ALLOCATE, &[&udp() as &dyn AttributeWrite]),
        (REFRESH, &[&Lifetime::new(1)]),
        (CREATE_PERMISSION, &[&peer, &peer]),
        (CHANNEL_BIND, &[&ChannelNumber::new(0x4000), &peer]),
        (SEND, &[&peer, &Data::new(b"data")]),
    ] {
        messages.push(client.request(method, 9.into(), attributes));
    }
    messages
}

proptest::proptest! {
    /// Uses a valid user name and password, so that the code behind authentication is reached.
    #[test]
    fn no_attributes_panic(
        method in 1u16..10,
        attributes in proptest::collection::vec((0usize..18, proptest::collection::vec(0u8.., 0..24)), 0..8),
    ) {
        let mut world = World::new();
        let mut client = world.udp_client(5000);
        world.allocate(&mut client).expect("an address");
        let mut other = world.udp_client(5001);
        assert_eq!(world.ask(&other, ALLOCATE, &[]), Err(401));
        world.take_nonce(&mut other);
        let kinds = [0x0c, 0x0d, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x20, 0x22, 0x24, 0x2a, 0x8000, 0x8022, 1];
        let mut raw: Vec<_> = attributes.iter().map(|(kind, value)| RawAttribute::new(kinds[*kind].into(), value)).collect();
        // None of its own twice: a writer takes none that it has.
        raw.sort_by_key(|attribute| attribute.get_type());
        raw.dedup_by_key(|attribute| attribute.get_type());
        let attributes: Vec<_> = raw.iter().map(|attribute| attribute as &dyn AttributeWrite).collect();
        for client in [&client, &other] {
            let transaction = world.transaction();
            let request = client.request(Method::new(method), transaction, &attributes);
            world.send(client, &request);
            let mut indication = request;
            indication[1] |= 0x10;
            world.send(client, &indication);
        }
        world.pass(10_000);
        assert!(world.server.allocations.is_empty());
    }

    #[test]
    fn no_bytes_panic(contents in proptest::collection::vec(0u8.., 0..200)) {
        let mut world = World::new();
        let mut client = world.udp_client(5000);
        world.allocate(&mut client).expect("an address");
        world.send(&client, &contents);
        let stun: Vec<u8> = [&contents[..contents.len().min(1)], &[0, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &contents].concat();
        world.send(&client, &stun);
        let mut with_length = stun;
        if let Some(body) = u16::try_from(with_length.len()).ok().and_then(|length| length.checked_sub(20)) {
            with_length[0] &= 0x3f;
            with_length[2..4].copy_from_slice(&body.to_be_bytes());
            world.send(&client, &with_length);
        }
    }

    #[test]
    fn no_change_to_a_message_panics(
        which in 0usize..7,
        changes in proptest::collection::vec((0usize..200, 0u8..), 0..6),
        cut in 0usize..200,
        is_tcp: bool,
    ) {
        let mut contents = valid_messages().swap_remove(which);
        for (at, value) in changes {
            let length = contents.len();
            contents[at % length] = value;
        }
        if cut < contents.len() / 4 {
            contents.truncate(contents.len() - cut);
        }
        let mut world = World::new();
        let id = ClientAddr::Tcp(ConnectionId(1), address(5000));
        let mut client = if is_tcp { world.client(id) } else { world.udp_client(5000) };
        world.server.handle_connected(world.now, ConnectionId(1), address(5000));
        world.allocate(&mut client).expect("an address");
        world.send(&client, &contents);
    }
}
