//! Calls that last longer than what a client was given: its allocation, permission, channel, nonce and password.

use super::*;

/// How often a client refreshes, as browsers do: a minute before the ten of an allocation and a channel are over.
const REFRESH_SECONDS: u64 = 540;

/// Three hours: three times as long as a nonce and as the password of this world.
const CALL_SECONDS: u64 = 3 * 3600;

/// Asks until the nonce is good, as clients do; gives how often it was stale.
fn retried(world: &mut World, client: &mut Client, ask: impl Fn(&mut World, &Client) -> Result<(), u16>) -> u32 {
    match ask(world, client) {
        Ok(()) => 0,
        Err(ErrorCode::STALE_NONCE) => {
            world.take_nonce(client);
            assert_eq!(ask(world, client), Ok(()), "with a fresh nonce");
            1
        }
        Err(code) => panic!("refused with {code}"),
    }
}

#[test]
fn a_call_of_hours_is_relayed_over_udp_and_tcp() {
    for is_stream in [false, true] {
        let mut world = World::new();
        let connection = ConnectionId(1);
        let mut client = match is_stream {
            false => world.udp_client(5000),
            true => {
                world.server.handle_connected(world.now, connection, address(5000));
                world.client(ClientAddr::Tcp(connection, address(5000)))
            }
        };
        let peer = address(9000);
        let relayed = world.allocate(&mut client).expect("an allocation");
        assert_eq!(world.bind(&client, 0x4000, peer), Ok(()));
        let mut stale = 0;
        for second in (20..=CALL_SECONDS).step_by(20) {
            world.pass(20);
            if second % REFRESH_SECONDS == 0 {
                let refresh = |world: &mut World, client: &Client| world.ask(client, REFRESH, &[]).map(drop);
                stale += retried(&mut world, &mut client, refresh);
                stale += retried(&mut world, &mut client, |world, client| world.bind(client, 0x4000, peer));
            }
            // A permission lasts five minutes, whatever the channel does (RFC 8656, section 9).
            if second % 240 == 0 {
                stale += retried(&mut world, &mut client, |world, client| world.permit(client, peer));
            }
            world.outputs.clear();
            world.send(&client, b"\x40\0\0\x04up!!");
            world.peer_sends(1, peer, b"down");
            assert_eq!(world.to_peers(), [(peer, b"up!!".to_vec())], "after {second} s");
            assert_eq!(world.to_client(&client), [b"\x40\0\0\x04down".to_vec()], "after {second} s");
        }
        assert_eq!(stale, 3, "a nonce is good for an hour");
        assert_eq!(relayed, address(10_001), "it is still the same address");
        // The password ends with its hour for those who come after.
        let mut late = world.udp_client(6000);
        assert_eq!(world.allocate(&mut late), Err(401));
    }
}
