//! The network between a relay and its clients. Sans-I/O, as the links are.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::network::{Direction, Link, LinkConfig, NetworkConfig, NetworkStep, Packet, PathCounters, Queue};
use crate::platform::relay::RelayClient;
use crate::units::ByteSize;

/// The most bytes of streams inside a direction of the leg: the size of a send buffer, as relays have.
const MAX_INSIDE_BYTES: u64 = 256 * 1024;

/// How often we look whether an outage is over for what waits for its end.
const OUTAGE_POLL: Duration = Duration::from_millis(5);

/// What the links on a relay's leg did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RelayCounters {
    /// To the datagrams of clients that use UDP.
    pub udp: PathCounters,
    /// To the streams of clients that use TCP; a packet is at most a segment on the way up, and a message on the way down.
    pub tcp: PathCounters,
}

/// A packet with its client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LegPacket {
    pub client: RelayClient,
    pub contents: Vec<u8>,
}

impl Packet for LegPacket {
    fn size_bytes(&self) -> usize {
        self.contents.len()
    }
}

/// The leg.
pub(super) struct Leg {
    up: Way,
    down: Way,
    begun: bool,
}

/// One direction of it.
struct Way {
    datagrams: Link<LegPacket>,
    streams: Link<LegPacket>,
    /// What the direction becomes, and when.
    timeline: Vec<(Duration, LinkConfig)>,
    began: Option<Instant>,
}

impl Leg {
    pub fn new(network: &NetworkConfig, seed: u64) -> Self {
        Self {
            up: Way::new(network, Direction::Up, seed),
            down: Way::new(network, Direction::Down, seed),
            begun: false,
        }
    }

    /// The network's timeline counts from now, if nothing has happened yet.
    pub fn begin(&mut self, now: Instant) {
        if !self.begun {
            self.begun = true;
            self.up.begin(now);
            self.down.begin(now);
        }
    }

    /// A client has sent this.
    pub fn send_up(&mut self, now: Instant, packet: LegPacket) {
        self.begin(now);
        self.up.send(now, packet);
    }

    /// The relay sends this.
    pub fn send_down(&mut self, now: Instant, packet: LegPacket) {
        self.begin(now);
        // Answers are never asked for again in a stream, and there are few.
        let is_stream = matches!(packet.client, RelayClient::Tcp(..));
        if !(is_stream && self.down.is_full() && is_data(&packet.contents)) {
            self.down.send(now, packet);
        }
    }

    /// What has come through to the relay.
    pub fn receive_up(&mut self, now: Instant) -> Option<LegPacket> {
        self.up.receive(now)
    }

    /// What has come through to a client.
    pub fn receive_down(&mut self, now: Instant) -> Option<LegPacket> {
        self.down.receive(now)
    }

    /// Whether no more may be read from clients' streams for now.
    pub fn is_full(&self) -> bool {
        self.up.is_full()
    }

    /// When to ask again.
    pub fn next_departure(&self, now: Instant) -> Option<Instant> {
        [self.up.next_departure(now), self.down.next_departure(now)].into_iter().flatten().min()
    }

    pub fn counters(&self) -> RelayCounters {
        RelayCounters {
            udp: PathCounters { up: self.up.datagrams.counters(), down: self.down.datagrams.counters() },
            tcp: PathCounters { up: self.up.streams.counters(), down: self.down.streams.counters() },
        }
    }
}

impl Way {
    fn new(network: &NetworkConfig, direction: Direction, seed: u64) -> Self {
        let pick = |up: &LinkConfig, down: &LinkConfig| match direction {
            Direction::Up => up.clone(),
            Direction::Down => down.clone(),
        };
        let steps = network.steps.iter().map(|step| (step.at, pick(&step.up, &step.down)));
        let mut timeline: Vec<_> =
            std::iter::once((Duration::ZERO, pick(&network.up, &network.down))).chain(steps).collect();
        timeline.sort_by_key(|(at, _)| *at);
        Self {
            datagrams: network.link(direction, seed),
            streams: reliable_network(network).link(direction, seed),
            timeline,
            began: None,
        }
    }

    fn begin(&mut self, now: Instant) {
        self.began = Some(now);
        self.datagrams.begin(now);
        self.streams.begin(now);
    }

    fn send(&mut self, now: Instant, packet: LegPacket) {
        match packet.client {
            RelayClient::Udp(_) => self.datagrams.send(now, packet),
            RelayClient::Tcp(..) => self.streams.send(now, packet),
        }
    }

    fn receive(&mut self, now: Instant) -> Option<LegPacket> {
        self.datagrams.receive(now).or_else(|| if self.is_out(now) { None } else { self.streams.receive(now) })
    }

    fn next_departure(&self, now: Instant) -> Option<Instant> {
        let streams = self.streams.next_departure();
        let streams = if self.is_out(now) { streams.map(|at| at.max(now + OUTAGE_POLL)) } else { streams };
        [self.datagrams.next_departure(), streams].into_iter().flatten().min()
    }

    fn is_full(&self) -> bool {
        let counters = self.streams.counters();
        counters.bytes_in.saturating_sub(counters.bytes_out) >= MAX_INSIDE_BYTES
    }

    fn is_out(&self, now: Instant) -> bool {
        let Some(began) = self.began else { return false };
        let elapsed = now.saturating_duration_since(began);
        let present = self.timeline.iter().rev().find(|(at, _)| *at <= elapsed);
        present.is_some_and(|(_, config)| config.is_out(elapsed))
    }
}

/// Whether a message to a client holds what a peer sent: channel data, or a Data indication.
fn is_data(contents: &[u8]) -> bool {
    contents.first().is_some_and(|first| first >> 6 == 1) || contents.starts_with(&[0x00, 0x17])
}

/// The network as a stream meets it.
fn reliable_network(network: &NetworkConfig) -> NetworkConfig {
    let step = |step: &NetworkStep| NetworkStep { at: step.at, up: reliable(&step.up), down: reliable(&step.down) };
    NetworkConfig {
        up: reliable(&network.up),
        down: reliable(&network.down),
        steps: network.steps.iter().map(step).collect(),
        apply: network.apply,
    }
}

/// One direction as a stream meets it: nothing is lost, doubled or overtaken.
fn reliable(config: &LinkConfig) -> LinkConfig {
    LinkConfig {
        rate: config.rate,
        trace: config.trace.clone(),
        queue: Queue::Size(ByteSize::from_bytes(u64::MAX)),
        delay: config.delay,
        jitter: config.jitter,
        jitter_correlation: config.jitter_correlation,
        ..LinkConfig::default()
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::network::{BurstLoss, Outage, Reordering};
    use crate::platform::relay::ConnectionId;
    use crate::units::Ratio;

    fn tcp(contents: &[u8]) -> LegPacket {
        let client = RelayClient::Tcp(ConnectionId(1), SocketAddr::from(([127, 0, 0, 1], 5000)));
        LegPacket { client, contents: contents.to_vec() }
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn terrible() -> NetworkConfig {
        let half = Ratio::new(0.5).expect("a share");
        let way = LinkConfig {
            rate: Some("400 kbit/s".parse().expect("a rate")),
            delay: ms(20),
            jitter: ms(15),
            jitter_reorders: true,
            loss: Some(half),
            burst: Some(BurstLoss { p: half, r: half, loss_good: half, loss_bad: half }),
            reorder: Some(Reordering { ratio: half, by: ms(50) }),
            duplicate: Some(half),
            ..LinkConfig::default()
        };
        NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() }
    }

    #[test]
    fn a_stream_comes_whole_and_in_order_whatever_the_network() {
        let (mut leg, start) = (Leg::new(&terrible(), 1), Instant::now());
        let sent: Vec<u8> = (0..200u8).collect();
        for (index, bytes) in sent.chunks(5).enumerate() {
            leg.send_up(start + ms(index as u64), tcp(bytes));
        }
        let mut come = Vec::new();
        while let Some(at) = leg.next_departure(start) {
            while let Some(packet) = leg.receive_up(at) {
                come.extend(packet.contents);
            }
        }
        assert_eq!(come, sent);
        let counters = leg.counters();
        assert_eq!((counters.tcp.up.bytes_out, counters.udp.up.packets_in), (200, 0));
        assert!(counters.tcp.up.delay_mean() >= Some(ms(5)), "{counters:?}");
    }

    #[test]
    fn a_stream_waits_for_the_end_of_an_outage() {
        let way = LinkConfig { outages: vec![Outage { at: ms(100), duration: ms(50) }], ..LinkConfig::default() };
        let network = NetworkConfig { up: way.clone(), down: LinkConfig::default(), ..NetworkConfig::default() };
        let (mut leg, start) = (Leg::new(&network, 1), Instant::now());
        leg.begin(start);
        leg.send_up(start + ms(110), tcp(b"x"));
        assert_eq!(leg.receive_up(start + ms(149)), None);
        assert_eq!(leg.next_departure(start + ms(120)), Some(start + ms(125)));
        assert_eq!(leg.receive_up(start + ms(150)), Some(tcp(b"x")));
        // A step ends it as well.
        let network = NetworkConfig {
            steps: vec![NetworkStep { at: ms(120), up: LinkConfig::default(), down: LinkConfig::default() }],
            ..network
        };
        let mut leg = Leg::new(&network, 1);
        leg.begin(start);
        leg.send_up(start + ms(110), tcp(b"x"));
        assert_eq!(leg.receive_up(start + ms(119)), None);
        assert_eq!(leg.receive_up(start + ms(120)), Some(tcp(b"x")));
    }

    #[test]
    fn what_is_inside_is_bounded_without_losing_answers() {
        let (mut leg, now) = (Leg::new(&terrible(), 1), Instant::now());
        let data = [&[0x40, 0, 3, 0xfc][..], &[0; 1020]].concat();
        for _ in 0..1000 {
            leg.send_down(now, tcp(&data));
        }
        leg.send_down(now, tcp(&[1, 1, 0, 0]));
        let inside = leg.counters().tcp.down;
        assert_eq!((inside.packets_in, inside.bytes_in), (257, MAX_INSIDE_BYTES + 4));
        assert!(!leg.is_full());
        for _ in 0..256 {
            leg.send_up(now, tcp(&data));
        }
        assert!(leg.is_full());
    }
}
