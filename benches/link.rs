//! What precall promises of its networks, measured: `make bench`. Prints each bar beside what was seen; the tests hold
//! the same bars on virtual time, and only speed and the real UDP path need a quiet host.

use std::sync::Arc;
use std::time::{Duration, Instant};

use precall_netem::units::{Bitrate, Ratio};
use precall_netem::{BurstLoss, Link, LinkConfig, LinkCounters, NetworkConfig};
use precall_platform::transport::MediaEndpoint;

type Packet = Arc<[u8]>;

fn main() {
    // `cargo bench` runs it with `--bench`; `cargo test --benches` without, and then there is nothing to test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("{:<58} {:>14}   bar", "measure", "seen");
    speed();
    rate();
    loss();
    bursts();
    delay();
    seed();
    udp_path();
}

fn line(measure: &str, seen: String, bar: &str) {
    println!("{measure:<58} {seen:>14}   {bar}");
}

fn share(share: f64) -> Ratio {
    Ratio::new(share).expect("a share")
}

/// Sends `packets` of 1200 bytes each `interval` of virtual time; gives the counters and which packets were dropped.
fn offer(config: &LinkConfig, seed: u64, packets: u32, interval: Duration) -> (LinkCounters, Vec<bool>) {
    let mut link: Link<Packet> = Link::new(config, seed);
    let packet: Packet = vec![0; 1200].into();
    let start = Instant::now();
    let mut dropped = Vec::with_capacity(packets as usize);
    for index in 0..packets {
        let now = start + interval * index;
        while let Some(at) = link.next_departure().filter(|at| *at <= now) {
            while link.receive(at).is_some() {}
        }
        let before = link.counters().packets_dropped();
        link.send(now, Arc::clone(&packet));
        dropped.push(link.counters().packets_dropped() > before);
    }
    while let Some(at) = link.next_departure() {
        while link.receive(at).is_some() {}
    }
    (link.counters(), dropped)
}

/// Packets through the pure link, in and out: a plain one, and one with everything wrong at once.
fn speed() {
    const PACKETS: u32 = 1_000_000;
    let plain = LinkConfig {
        rate: Some(Bitrate::from_bits_per_second(20_000_000_000)),
        delay: Duration::from_millis(20),
        loss: Some(share(0.01)),
        ..LinkConfig::default()
    };
    let busy = LinkConfig {
        jitter: Duration::from_millis(10),
        jitter_correlation: share(0.25),
        jitter_reorders: true,
        burst: Some(BurstLoss { p: share(0.01), r: share(0.25), loss_good: Ratio::ZERO, loss_bad: share(1.0) }),
        duplicate: Some(share(0.01)),
        ..plain.clone()
    };
    for (what, config) in [("", &plain), (" with everything wrong", &busy)] {
        let mut link: Link<Packet> = Link::new(config, 1);
        let packet: Packet = vec![0; 1200].into();
        let start = Instant::now();
        for index in 0..PACKETS {
            let now = start + Duration::from_micros(u64::from(index));
            link.send(now, Arc::clone(&packet));
            while link.receive(now).is_some() {}
        }
        let per_second = f64::from(PACKETS) / start.elapsed().as_secs_f64();
        line(&format!("packets per second and core{what}"), format!("{per_second:.0}"), "at least 300000");
    }
}

/// Twice the rate is offered for a minute; what the queue holds at the end leaves after it.
fn rate() {
    for kbits in [100.0, 1_000.0, 50_000.0] {
        let rate = Bitrate::from_bits_per_second((kbits * 1e3) as u64);
        let interval = Duration::from_secs_f64(1200.0 * 8.0 / (kbits * 2e3));
        let packets = (60.0 / interval.as_secs_f64()) as u32;
        let (counters, _) = offer(&LinkConfig { rate: Some(rate), ..LinkConfig::default() }, 1, packets, interval);
        let error = counters.bytes_out as f64 * 8.0 / 60.3 / (kbits * 1e3) - 1.0;
        line(&format!("rate: {rate}, error"), format!("{:+.2} %", error * 100.0), "within 1 %");
    }
}

fn loss() {
    for asked in [0.01, 0.05, 0.2] {
        let config = LinkConfig { loss: Some(share(asked)), ..LinkConfig::default() };
        let (counters, _) = offer(&config, 42, 20_000, Duration::from_millis(1));
        let error = (counters.loss_ratio().get() - asked) * 100.0;
        let measure = format!("loss: {} of 20,000 packets, error", share(asked));
        line(&measure, format!("{error:+.2} points"), "within 0.3 points");
    }
}

fn bursts() {
    let burst = BurstLoss { p: share(0.0125), r: share(0.25), loss_good: Ratio::ZERO, loss_bad: share(1.0) };
    let config = LinkConfig { burst: Some(burst), ..LinkConfig::default() };
    let (counters, dropped) = offer(&config, 1, 1_000_000, Duration::from_millis(1));
    let bursts = dropped.chunk_by(|a, b| a == b).filter(|run| run[0]).count();
    let length = counters.packets_dropped_burst as f64 / bursts as f64 / burst.mean_burst_packets() - 1.0;
    line("bursts: p 1.25 %, r 25 %: mean length, error", format!("{:+.2} %", length * 100.0), "within 5 % of 1/r");
    let loss = counters.loss_ratio().get() / burst.mean_loss().get() - 1.0;
    line("bursts: p 1.25 %, r 25 %: loss, error", format!("{:+.2} %", loss * 100.0), "within 5 % of theory");
}

fn delay() {
    let config = LinkConfig { delay: Duration::from_millis(80), ..LinkConfig::default() };
    let (counters, _) = offer(&config, 1, 20_000, Duration::from_millis(1));
    line("delay: 80 ms, the longest seen", format!("{:?}", counters.delay_max), "exactly 80 ms");
}

fn seed() {
    let config = LinkConfig { loss: Some(share(0.1)), ..LinkConfig::default() };
    let dropped = |seed| offer(&config, seed, 20_000, Duration::from_millis(1)).1;
    let same = dropped(3) == dropped(3) && dropped(3) != dropped(4);
    line("same seed, same packets dropped; another, others", same.to_string(), "true");
}

/// Datagrams over the loopback interface into a real path, one at a time: how late each leaves its link.
fn udp_path() {
    const DELAY: Duration = Duration::from_millis(20);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut late: Vec<_> = runtime.block_on(async {
        let up = LinkConfig { delay: DELAY, ..LinkConfig::default() };
        let network = NetworkConfig { up, ..NetworkConfig::default() };
        let (path, _port) = MediaEndpoint::open(&network, 1).await.expect("a path");
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let mut late = Vec::new();
        let mut total = Duration::ZERO;
        for packets in 1..=400 {
            socket.send_to(&[0; 100], path.address()).await.expect("sent");
            let counters = loop {
                // Asked earlier, the path would be awake when the packet is due.
                tokio::time::sleep(DELAY + Duration::from_millis(7)).await;
                let counters = path.counters().await.up;
                if counters.packets_out == packets {
                    break counters;
                }
            };
            late.push((counters.delay_total - total).saturating_sub(DELAY));
            total = counters.delay_total;
        }
        late
    });
    late.sort_unstable();
    let ms = |at: usize| format!("{:.3} ms", late[at].as_secs_f64() * 1e3);
    line("UDP path: 20 ms, how late: median of 400", ms(late.len() / 2), "at most 0.5 ms");
    line("UDP path: 20 ms, how late: 99th percentile", ms(late.len() * 99 / 100), "at most 2 ms");
}
