//! Clients that want an even port, and the next one later.

use turn_types::attribute::{EvenPort, ReservationToken, XorRelayedAddress};
use turn_types::stun::attribute::AttributeWrite;

use super::*;

/// Asks for an address with a certain port; gives the address, and the token of the next one.
fn ask(world: &mut World, client: &mut Client, wanted: &dyn AttributeWrite) -> Result<(SocketAddr, Option<u64>), u16> {
    assert_eq!(world.ask(client, ALLOCATE, &[]), Err(401));
    world.take_nonce(client);
    let answer = world.ask(client, ALLOCATE, &[&udp(), wanted])?;
    let message = Message::from_bytes(&answer).expect("a message");
    let relayed = message.attribute::<XorRelayedAddress>().expect("an address").addr(message.transaction_id());
    Ok((relayed, message.attribute::<ReservationToken>().ok().map(|token| token.token())))
}

#[test]
fn a_reserved_port_is_granted_for_its_token() {
    let mut world = World::new();
    let (mut first, mut second, mut third) = (world.udp_client(5000), world.udp_client(5001), world.udp_client(5002));
    let (relayed, token) = ask(&mut world, &mut first, &EvenPort::new(true)).expect("an address");
    let token = token.expect("a token");
    assert_eq!(relayed.port() % 2, 0);
    let next = ask(&mut world, &mut second, &ReservationToken::new(token));
    assert_eq!(next, Ok((address(relayed.port() + 1), None)));
    // It is good for one client.
    assert_eq!(ask(&mut world, &mut third, &ReservationToken::new(token)), Err(508));
    let mut fourth = world.udp_client(5003);
    assert_eq!(ask(&mut world, &mut fourth, &EvenPort::new(false)).map(|(_, token)| token), Ok(None));
}

#[test]
fn port_reservations_expire() {
    let mut world = World::new();
    let (mut first, mut second) = (world.udp_client(5000), world.udp_client(5001));
    let (_, token) = ask(&mut world, &mut first, &EvenPort::new(true)).expect("an address");
    world.outputs.clear();
    world.pass(30);
    assert_eq!(world.outputs, [RelayOutput::Release(AllocationId(1))]);
    let late = ReservationToken::new(token.expect("a token"));
    assert_eq!(ask(&mut world, &mut second, &late), Err(508));
}

#[test]
fn even_port_and_reservation_token_exclude_each_other() {
    let mut world = World::new();
    let mut client = world.udp_client(5000);
    assert_eq!(world.ask(&client, ALLOCATE, &[]), Err(401));
    world.take_nonce(&mut client);
    let (even, token) = (EvenPort::new(false), ReservationToken::new(1));
    assert_eq!(world.ask(&client, ALLOCATE, &[&udp(), &even, &token]), Err(400));
}
