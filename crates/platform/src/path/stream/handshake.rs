//! TCP's three-way handshake on a network, for connections that the kernel has accepted already. Sans-I/O.
//!
//! On the loopback interface the kernel accepts a connection at once, so its SYN and SYN-ACK never meet the case's network.
//! Here each of the two meets the loss and the outages of its direction. What carries them, and how long that takes, is the
//! caller's matter: a [`StreamLink`](super::StreamLink) that the connection's bytes pass as well.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use precall_netem::rng::derive_seed;
use precall_netem::{Direction, Link, LinkConfig, NetworkConfig, NetworkStep, Packet};

/// How long a client waits for a SYN-ACK before it sends its SYN again; doubled each time (RFC 6298, sections 2.1 and 5.5).
const INITIAL_TIMEOUT: Duration = Duration::from_secs(1);

/// How often a SYN is sent again before the client gives up: Linux's `tcp_syn_retries`.
const MAX_RETRIES: u32 = 6;

/// The handshakes that are under way.
pub(in crate::path) struct Handshakes<K> {
    up: Link<Segment>,
    down: Link<Segment>,
    pending: BTreeMap<K, Pending>,
}

/// A SYN or a SYN-ACK: a packet without payload.
#[derive(Clone)]
struct Segment;

impl Packet for Segment {
    fn size_bytes(&self) -> usize {
        0
    }
}

struct Pending {
    retry_at: Instant,
    retries: u32,
    /// Whether a SYN has reached the server.
    is_known: bool,
}

/// What a client does about a handshake that takes too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) enum Retry<K> {
    /// Its SYN is under way again.
    SentAgain(K),
    /// It gives up.
    GivenUp(K),
}

/// What a SYN that arrives at the server leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::path) struct Arrival {
    /// The server hears of the connection for the first time.
    pub is_new: bool,
    /// The SYN-ACK is under way.
    pub is_answered: bool,
}

impl<K: Copy + Ord> Handshakes<K> {
    /// No handshakes, on this network. Every loss follows from `seed`.
    pub fn new(network: &NetworkConfig, seed: u64) -> Self {
        let network = lossy_only(network);
        let seed = derive_seed(seed, "handshakes");
        let link = |direction| network.link(direction, seed);
        Self { up: link(Direction::Up), down: link(Direction::Down), pending: BTreeMap::new() }
    }

    /// The network's timeline counts from now.
    pub fn begin(&mut self, now: Instant) {
        self.up.begin(now);
        self.down.begin(now);
    }

    /// A client connects; whether its SYN is under way now. If not, [`Handshakes::next_retry`] sends it again later.
    pub fn connect(&mut self, now: Instant, connection: K) -> bool {
        let pending = Pending { retry_at: now + INITIAL_TIMEOUT, retries: 0, is_known: false };
        self.pending.insert(connection, pending);
        passes(&mut self.up, now)
    }

    /// A SYN has reached the server; `None` when the handshake is over.
    pub fn arrive(&mut self, now: Instant, connection: K) -> Option<Arrival> {
        let pending = self.pending.get_mut(&connection)?;
        let is_new = !std::mem::replace(&mut pending.is_known, true);
        Some(Arrival { is_new, is_answered: passes(&mut self.down, now) })
    }

    /// A SYN-ACK has reached the client; whether the connection is established by it, and not by an earlier one.
    pub fn establish(&mut self, connection: K) -> bool {
        self.pending.remove(&connection).is_some()
    }

    /// A connection has ended.
    pub fn forget(&mut self, connection: K) {
        self.pending.remove(&connection);
    }

    /// When [`Handshakes::next_retry`] has something.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.pending.values().map(|pending| pending.retry_at).min()
    }

    /// What the next client does whose wait is over by now, if there is one.
    pub fn next_retry(&mut self, now: Instant) -> Option<Retry<K>> {
        loop {
            let (connection, pending) = self.pending.iter_mut().find(|(_, pending)| pending.retry_at <= now)?;
            let connection = *connection;
            if pending.retries == MAX_RETRIES {
                self.pending.remove(&connection);
                return Some(Retry::GivenUp(connection));
            }
            pending.retries += 1;
            pending.retry_at += INITIAL_TIMEOUT * 2_u32.pow(pending.retries);
            if passes(&mut self.up, now) {
                return Some(Retry::SentAgain(connection));
            }
        }
    }
}

/// Whether a segment passes what the network drops.
fn passes(link: &mut Link<Segment>, now: Instant) -> bool {
    link.send(now, Segment);
    link.receive(now).is_some()
}

/// What the network drops: nothing is delayed, paced or doubled.
fn lossy_only(network: &NetworkConfig) -> NetworkConfig {
    let lossy = |config: &LinkConfig| LinkConfig {
        loss: config.loss,
        burst: config.burst,
        outages: config.outages.clone(),
        blips: config.blips,
        ..LinkConfig::default()
    };
    let step = |step: &NetworkStep| NetworkStep { at: step.at, up: lossy(&step.up), down: lossy(&step.down) };
    NetworkConfig {
        up: lossy(&network.up),
        down: lossy(&network.down),
        steps: network.steps.iter().map(step).collect(),
        backend: network.backend,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use precall_netem::Outage;
    use precall_netem::units::Ratio;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn network(way: &LinkConfig) -> NetworkConfig {
        NetworkConfig { up: way.clone(), down: way.clone(), ..NetworkConfig::default() }
    }

    #[test]
    fn what_arrives_follows_from_the_seed_for_good() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../../tests/vectors/chance.json")).expect("JSON");
        let way = LinkConfig { loss: Ratio::new(0.5), ..LinkConfig::default() };
        let (mut handshakes, now) = (Handshakes::new(&network(&way), 1), Instant::now());
        for (index, arrives) in vectors["handshakes"]["up"].as_array().expect("SYNs").iter().enumerate() {
            assert_eq!(handshakes.connect(now, index), *arrives, "SYN {index}");
        }
        for (index, arrives) in vectors["handshakes"]["down"].as_array().expect("SYN-ACKs").iter().enumerate() {
            let arrival = handshakes.arrive(now, index).expect("it is under way");
            assert_eq!(arrival.is_answered, *arrives, "SYN-ACK {index}");
        }
    }

    #[test]
    fn a_handshake_on_a_clean_network_needs_no_retry() {
        let (mut handshakes, now) = (Handshakes::new(&NetworkConfig::default(), 1), Instant::now());
        assert!(handshakes.connect(now, 1));
        assert_eq!(handshakes.arrive(now, 1), Some(Arrival { is_new: true, is_answered: true }));
        assert!(handshakes.establish(1) && !handshakes.establish(1));
        assert_eq!((handshakes.poll_timeout(), handshakes.arrive(now, 1)), (None, None));
    }

    #[test]
    fn a_syn_that_is_lost_in_an_outage_is_sent_again_after_1_3_and_7_seconds() {
        let way =
            LinkConfig { outages: vec![Outage { at: seconds(1), duration: seconds(5) }], ..LinkConfig::default() };
        let (mut handshakes, began) = (Handshakes::new(&network(&way), 1), Instant::now());
        handshakes.begin(began);
        let connected = began + seconds(1);
        assert!(!handshakes.connect(connected, 1));
        for (wait, retry) in [(1, None), (3, None), (7, Some(Retry::SentAgain(1)))] {
            assert_eq!(handshakes.poll_timeout(), Some(connected + seconds(wait)));
            assert_eq!(handshakes.next_retry(connected + seconds(wait)), retry);
        }
    }

    #[test]
    fn a_syn_ack_that_is_lost_makes_the_client_ask_again_and_the_server_hears_of_it_once() {
        let down = LinkConfig { loss: Ratio::new(1.0), ..LinkConfig::default() };
        let step = NetworkStep { at: seconds(1), up: LinkConfig::default(), down: LinkConfig::default() };
        let network = NetworkConfig { down, steps: vec![step], ..NetworkConfig::default() };
        let (mut handshakes, now) = (Handshakes::new(&network, 1), Instant::now());
        handshakes.begin(now);
        assert!(handshakes.connect(now, 1));
        assert_eq!(handshakes.arrive(now, 1), Some(Arrival { is_new: true, is_answered: false }));
        let later = now + seconds(1);
        assert_eq!(handshakes.next_retry(later), Some(Retry::SentAgain(1)));
        assert_eq!(handshakes.arrive(later, 1), Some(Arrival { is_new: false, is_answered: true }));
        assert!(handshakes.establish(1));
    }

    #[test]
    fn a_client_gives_up_after_two_minutes() {
        let way = LinkConfig { loss: Ratio::new(1.0), ..LinkConfig::default() };
        let (mut handshakes, now) = (Handshakes::new(&network(&way), 1), Instant::now());
        assert!(!handshakes.connect(now, 1));
        let mut at = now;
        while let Some(next) = handshakes.poll_timeout() {
            at = next;
            let retry = handshakes.next_retry(at);
            assert!(matches!(retry, None | Some(Retry::GivenUp(1))), "{retry:?}");
        }
        assert_eq!(at - now, seconds(127));
    }

    #[test]
    fn as_many_are_lost_as_the_network_loses() {
        let way = LinkConfig { loss: Ratio::new(0.2), ..LinkConfig::default() };
        let (mut handshakes, now) = (Handshakes::new(&network(&way), 7), Instant::now());
        let lost = (0..2000).filter(|connection| !handshakes.connect(now, *connection)).count();
        assert!((320..480).contains(&lost), "{lost} of 2000");
    }
}
