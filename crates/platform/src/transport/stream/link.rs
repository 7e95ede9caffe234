//! One direction of a network as streams meet it. Sans-I/O, as the link inside is.

use std::time::{Duration, Instant};

use precall_netem::rng::derive_seed;
use precall_netem::units::ByteSize;
use precall_netem::{Direction, Link, LinkConfig, LinkCounters, NetworkConfig, NetworkStep, Packet, Queue};

/// How often we look whether an outage is over for what waits for its end.
const OUTAGE_POLL: Duration = Duration::from_millis(5);

/// A link that loses nothing, as a stream needs. It applies the network's rate, delay and jitter, in order; in an
/// outage everything waits for its end. It accepts every segment: the sender checks [`StreamLink::inside_bytes`] first.
pub(in crate::transport) struct StreamLink<T> {
    link: Link<T>,
    /// The settings that the direction changes to, and when.
    timeline: Vec<(Duration, LinkConfig)>,
    began: Option<Instant>,
    held: u64,
}

impl<T: Packet> StreamLink<T> {
    pub(crate) fn new(network: &NetworkConfig, direction: Direction, seed: u64) -> Self {
        let pick = |up: &LinkConfig, down: &LinkConfig| match direction {
            Direction::Up => up.clone(),
            Direction::Down => down.clone(),
        };
        let steps = network.steps.iter().map(|step| (step.at, pick(&step.up, &step.down)));
        let mut timeline: Vec<_> =
            std::iter::once((Duration::ZERO, pick(&network.up, &network.down))).chain(steps).collect();
        timeline.sort_by_key(|(at, _)| *at);
        // The datagrams beside them have the seed itself.
        let link = reliable_network(network).link(direction, derive_seed(seed, "streams"));
        Self { link, timeline, began: None, held: 0 }
    }

    /// Starts the network's timeline at `now`.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.began = Some(now);
        self.link.begin(now);
    }

    pub(crate) fn send(&mut self, now: Instant, packet: T) {
        self.held += u64::from(self.is_out(now));
        self.link.send(now, packet);
    }

    pub(crate) fn receive(&mut self, now: Instant) -> Option<T> {
        if self.is_out(now) { None } else { self.link.receive(now) }
    }

    /// Returns the time at which the next segment may leave.
    pub(crate) fn next_departure(&self, now: Instant) -> Option<Instant> {
        let next = self.link.next_departure();
        if self.is_out(now) { next.map(|at| at.max(now + OUTAGE_POLL)) } else { next }
    }

    pub(crate) fn inside_bytes(&self) -> u64 {
        let counters = self.link.counters();
        counters.bytes_in.saturating_sub(counters.bytes_out)
    }

    pub(crate) fn counters(&self) -> LinkCounters {
        self.link.counters()
    }

    /// Returns the number of packets that entered in an outage, and waited for its end.
    pub(crate) fn held(&self) -> u64 {
        self.held
    }

    fn is_out(&self, now: Instant) -> bool {
        let Some(began) = self.began else { return false };
        let elapsed = now.saturating_duration_since(began);
        let present = self.timeline.iter().rev().find(|(at, _)| *at <= elapsed);
        present.is_some_and(|(_, config)| config.is_out(elapsed))
    }
}

/// Returns the network as it applies to a stream.
fn reliable_network(network: &NetworkConfig) -> NetworkConfig {
    let step = |step: &NetworkStep| NetworkStep { at: step.at, up: reliable(&step.up), down: reliable(&step.down) };
    NetworkConfig {
        up: reliable(&network.up),
        down: reliable(&network.down),
        steps: network.steps.iter().map(step).collect(),
        backend: network.backend,
    }
}

/// Returns one direction as it applies to a stream: nothing is lost, duplicated or reordered.
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
    use super::*;
    use precall_netem::units::Ratio;
    use precall_netem::{BurstLoss, Outage, Reordering};

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn jitter_is_reproducible() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../../tests/vectors/chance.json")).expect("JSON");
        let way = LinkConfig { delay: ms(1000), jitter: ms(1000), ..LinkConfig::default() };
        let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
        for (name, direction) in [("up", Direction::Up), ("down", Direction::Down)] {
            let (mut link, mut sent) = (StreamLink::new(&network, direction, 1), Instant::now());
            for deviation in vectors["streams"][name].as_array().expect("deviations") {
                // None of them waits for another.
                sent += ms(10_000);
                link.send(sent, vec![0]);
                let arrives = link.next_departure(sent).expect("it is under way");
                let late = arrives.duration_since(sent).as_secs_f64() - 1.0;
                assert!((late - deviation.as_f64().expect("a share")).abs() < 1e-6, "{name}: {late}, {deviation}");
                assert!(link.receive(arrives).is_some());
            }
        }
    }

    #[test]
    fn a_stream_arrives_whole_and_in_order() {
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
        let network = NetworkConfig { up: way.clone(), down: way, ..NetworkConfig::default() };
        let (mut link, start) = (StreamLink::new(&network, Direction::Up, 1), Instant::now());
        let sent: Vec<u8> = (0..200u8).collect();
        for (index, bytes) in sent.chunks(5).enumerate() {
            link.send(start + ms(index as u64), bytes.to_vec());
        }
        let mut come = Vec::new();
        while let Some(at) = link.next_departure(start) {
            while let Some(packet) = link.receive(at) {
                come.extend(packet);
            }
        }
        assert_eq!(come, sent);
        assert_eq!((link.counters().bytes_out, link.inside_bytes(), link.held()), (200, 0, 0));
        assert!(link.counters().delay_mean() >= Some(ms(5)), "{:?}", link.counters());
    }

    #[test]
    fn a_stream_waits_for_the_end_of_an_outage() {
        let way = LinkConfig { outages: vec![Outage { at: ms(100), duration: ms(50) }], ..LinkConfig::default() };
        let network = NetworkConfig { up: way, down: LinkConfig::default(), ..NetworkConfig::default() };
        let (mut link, start) = (StreamLink::new(&network, Direction::Up, 1), Instant::now());
        link.begin(start);
        link.send(start + ms(110), "x");
        assert_eq!(link.receive(start + ms(149)), None);
        assert_eq!(link.next_departure(start + ms(120)), Some(start + ms(125)));
        assert_eq!(link.receive(start + ms(150)), Some("x"));
        assert_eq!(link.held(), 1);
        // A step ends it as well.
        let network = NetworkConfig {
            steps: vec![NetworkStep { at: ms(120), up: LinkConfig::default(), down: LinkConfig::default() }],
            ..network
        };
        let mut link = StreamLink::new(&network, Direction::Up, 1);
        link.begin(start);
        link.send(start + ms(110), "x");
        assert_eq!(link.receive(start + ms(119)), None);
        assert_eq!(link.receive(start + ms(120)), Some("x"));
    }
}
