//! Sends packets through a slow and lossy link for one second of virtual time.
//!
//! Run it with `cargo run -p precall-netem --example link`.

use std::time::{Duration, Instant};

use precall_netem::{Link, LinkConfig};

fn main() -> Result<(), precall_netem::units::UnitError> {
    let config = LinkConfig {
        rate: Some("400 kbit/s".parse()?),
        delay: Duration::from_millis(80),
        loss: Some("2 %".parse()?),
        ..LinkConfig::default()
    };
    let mut link: Link<[u8; 1000]> = Link::new(&config, 7);
    let start = Instant::now();
    // 100 packets of 1000 bytes in a second are 800 kbit/s, twice the rate of the link.
    for number in 0..100 {
        link.send(start + Duration::from_millis(10) * number, [0; 1000]);
    }
    while let Some(at) = link.next_departure() {
        while link.receive(at).is_some() {
            println!("{:4} ms: a packet arrives", (at - start).as_millis());
        }
    }
    println!("{:#?}", link.counters());
    Ok(())
}
