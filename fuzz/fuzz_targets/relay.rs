//! The relay: TURN and STUN messages over UDP and TCP, and datagrams of peers. The first byte says how the rest comes.
#![no_main]

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use precall_platform::Now;
use precall_platform::relay::{AllocationId, RelayConfig, RelayPeers, RelaySecret, RelayServer};
use precall_platform::transport::ConnectionId;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);
static SECRET: LazyLock<RelaySecret> = LazyLock::new(RelaySecret::generate);

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let now = Now { instant: *START, unix_ms: 1_000_000 };
    let client = SocketAddr::from(([127, 0, 0, 1], 2));
    let listen = SocketAddr::from(([127, 0, 0, 1], 1));
    let config = RelayConfig { listen, secret: SECRET.clone(), peers: RelayPeers::Platform(vec![client]) };
    let mut server = RelayServer::new(config, now.instant);
    match kind % 3 {
        0 => server.handle_datagram(now, client, bytes),
        1 => {
            server.handle_connected(now, ConnectionId(1), client);
            for part in bytes.chunks(usize::from(*kind / 3) + 1) {
                server.handle_stream(now, ConnectionId(1), part);
            }
        }
        _ => server.handle_peer(now, AllocationId(1), client, bytes),
    }
    server.handle_timeout(now.instant);
    while server.poll_output().is_some() {}
});
