//! TCP's three-way handshake on a network, for connections that the kernel has accepted already. Sans-I/O.
//!
//! On the loopback interface the kernel accepts a connection at once, so its SYN and SYN-ACK never pass the case's
//! network. Here the loss and the outages of its direction apply to each of the two. The caller carries them through a
//! [`StreamLink`](super::StreamLink), which the connection's bytes pass as well, and which decides how long that takes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use precall_netem::rng::derive_seed;
use precall_netem::{Direction, Link, LinkConfig, NetworkConfig, NetworkStep, Packet};

/// How long a client waits for a SYN-ACK before it sends its SYN again; doubled each time (RFC 6298, sections 2.1 and
/// 5.5).
const INITIAL_TIMEOUT: Duration = Duration::from_secs(1);

/// How often a SYN is sent again before the client gives up: Linux's `tcp_syn_retries`.
const MAX_RETRIES: u32 = 6;

/// When a connection is established for its client and its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) enum HandshakeMode {
    /// After TCP's own round trip through the network. The kernel's handshake, on the loopback interface, took no time.
    Delayed,
    /// At once, because something else stands for that round trip.
    Immediate,
}

/// The handshakes in progress.
pub(in crate::transport) struct Handshakes<K> {
    up: Link<HandshakeSegment>,
    down: Link<HandshakeSegment>,
    pending: BTreeMap<K, Pending>,
}

/// A SYN or a SYN-ACK: a packet without payload.
#[derive(Clone)]
struct HandshakeSegment;

impl Packet for HandshakeSegment {
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

/// The action of a client whose handshake takes too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) enum Retry<K> {
    /// The client has sent its SYN again.
    SentAgain(K),
    /// The client gives up.
    GivenUp(K),
}

/// The result of a SYN that arrives at the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) struct SynArrival {
    /// Whether it is the first SYN of the connection that arrives.
    pub is_new: bool,
    /// Whether the SYN-ACK is in flight.
    pub is_answered: bool,
}

impl<K: Copy + Ord> Handshakes<K> {
    /// Returns an empty set of handshakes on this network. All losses follow from `seed`.
    pub(crate) fn new(network: &NetworkConfig, seed: u64) -> Self {
        let network = lossy_only(network);
        let seed = derive_seed(seed, "handshakes");
        let link = |direction| network.link(direction, seed);
        Self { up: link(Direction::Up), down: link(Direction::Down), pending: BTreeMap::new() }
    }

    /// Starts the network's timeline at `now`.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.up.begin(now);
        self.down.begin(now);
    }

    /// Handles a new connection of a client. Returns whether its SYN is in flight now. If not,
    /// [`Handshakes::poll_retry`] sends it again later.
    pub(crate) fn handle_connect(&mut self, now: Instant, connection: K) -> bool {
        let pending = Pending { retry_at: now + INITIAL_TIMEOUT, retries: 0, is_known: false };
        self.pending.insert(connection, pending);
        passes(&mut self.up, now)
    }

    /// Handles a SYN that has reached the server. Returns `None` when the handshake is over.
    pub(crate) fn handle_syn(&mut self, now: Instant, connection: K) -> Option<SynArrival> {
        let pending = self.pending.get_mut(&connection)?;
        let is_new = !std::mem::replace(&mut pending.is_known, true);
        Some(SynArrival { is_new, is_answered: passes(&mut self.down, now) })
    }

    /// Handles a SYN-ACK that has reached the client. Returns whether this one, and not an earlier one, establishes the
    /// connection.
    pub(crate) fn handle_syn_ack(&mut self, connection: K) -> bool {
        self.pending.remove(&connection).is_some()
    }

    /// Handles the end of a connection.
    pub(crate) fn handle_disconnect(&mut self, connection: K) {
        self.pending.remove(&connection);
    }

    /// Returns the time at which [`Handshakes::poll_retry`] returns something.
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.pending.values().map(|pending| pending.retry_at).min()
    }

    /// Returns the action of the next client whose timeout has expired, if there is one.
    pub(crate) fn poll_retry(&mut self, now: Instant) -> Option<Retry<K>> {
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

/// Returns whether the network does not drop a segment.
fn passes(link: &mut Link<HandshakeSegment>, now: Instant) -> bool {
    link.send(now, HandshakeSegment);
    link.receive(now).is_some()
}

/// Returns the network's losses alone, without delay, rate or duplication.
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
    fn handshake_losses_are_reproducible() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../../tests/vectors/chance.json")).expect("JSON");
        let way = LinkConfig { loss: Ratio::new(0.5), ..LinkConfig::default() };
        let (mut handshakes, now) = (Handshakes::new(&network(&way), 1), Instant::now());
        for (index, arrives) in vectors["handshakes"]["up"].as_array().expect("SYNs").iter().enumerate() {
            assert_eq!(handshakes.handle_connect(now, index), *arrives, "SYN {index}");
        }
        for (index, arrives) in vectors["handshakes"]["down"].as_array().expect("SYN-ACKs").iter().enumerate() {
            let arrival = handshakes.handle_syn(now, index).expect("it is under way");
            assert_eq!(arrival.is_answered, *arrives, "SYN-ACK {index}");
        }
    }

    #[test]
    fn a_handshake_on_a_clean_network_needs_no_retry() {
        let (mut handshakes, now) = (Handshakes::new(&NetworkConfig::default(), 1), Instant::now());
        assert!(handshakes.handle_connect(now, 1));
        assert_eq!(handshakes.handle_syn(now, 1), Some(SynArrival { is_new: true, is_answered: true }));
        assert!(handshakes.handle_syn_ack(1) && !handshakes.handle_syn_ack(1));
        assert_eq!((handshakes.poll_timeout(), handshakes.handle_syn(now, 1)), (None, None));
    }

    #[test]
    fn a_lost_syn_is_resent_after_1_3_and_7_seconds() {
        let way =
            LinkConfig { outages: vec![Outage { at: seconds(1), duration: seconds(5) }], ..LinkConfig::default() };
        let (mut handshakes, began) = (Handshakes::new(&network(&way), 1), Instant::now());
        handshakes.begin(began);
        let connected = began + seconds(1);
        assert!(!handshakes.handle_connect(connected, 1));
        for (wait, retry) in [(1, None), (3, None), (7, Some(Retry::SentAgain(1)))] {
            assert_eq!(handshakes.poll_timeout(), Some(connected + seconds(wait)));
            assert_eq!(handshakes.poll_retry(connected + seconds(wait)), retry);
        }
    }

    #[test]
    fn a_lost_syn_ack_is_repeated_and_accepted_once() {
        let down = LinkConfig { loss: Ratio::new(1.0), ..LinkConfig::default() };
        let step = NetworkStep { at: seconds(1), up: LinkConfig::default(), down: LinkConfig::default() };
        let network = NetworkConfig { down, steps: vec![step], ..NetworkConfig::default() };
        let (mut handshakes, now) = (Handshakes::new(&network, 1), Instant::now());
        handshakes.begin(now);
        assert!(handshakes.handle_connect(now, 1));
        assert_eq!(handshakes.handle_syn(now, 1), Some(SynArrival { is_new: true, is_answered: false }));
        let later = now + seconds(1);
        assert_eq!(handshakes.poll_retry(later), Some(Retry::SentAgain(1)));
        assert_eq!(handshakes.handle_syn(later, 1), Some(SynArrival { is_new: false, is_answered: true }));
        assert!(handshakes.handle_syn_ack(1));
    }

    #[test]
    fn a_client_gives_up_after_two_minutes() {
        let way = LinkConfig { loss: Ratio::new(1.0), ..LinkConfig::default() };
        let (mut handshakes, now) = (Handshakes::new(&network(&way), 1), Instant::now());
        assert!(!handshakes.handle_connect(now, 1));
        let mut at = now;
        while let Some(next) = handshakes.poll_timeout() {
            at = next;
            let retry = handshakes.poll_retry(at);
            assert!(matches!(retry, None | Some(Retry::GivenUp(1))), "{retry:?}");
        }
        assert_eq!(at - now, seconds(127));
    }

    #[test]
    fn losses_match_the_network() {
        let way = LinkConfig { loss: Ratio::new(0.2), ..LinkConfig::default() };
        let (mut handshakes, now) = (Handshakes::new(&network(&way), 7), Instant::now());
        let lost = (0..2000).filter(|connection| !handshakes.handle_connect(now, *connection)).count();
        assert!((320..480).contains(&lost), "{lost} of 2000");
    }
}
