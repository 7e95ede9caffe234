//! One direction of a network. Packets and times are its inputs and outputs.

use std::collections::{BinaryHeap, VecDeque};
use std::time::{Duration, Instant};

use super::bottleneck::Bottleneck;
use super::packet::{InFlight, Queued};
use super::random::{ImpairmentRng, PacketDecision};
use super::{Direction, LinkConfig, LinkCounters, NetworkConfig, NetworkStep, Packet};
use crate::rng::derive_seed;

/// A link that delays, paces and drops packets. It is sans-I/O: the same seed, packets and times always give the same
/// result.
///
/// A packet passes, in this order: outages, loss, the queue and the rate, and the propagation delay with its jitter.
///
/// # Usage
///
/// Call [`send`](Self::send) for each packet, and [`receive`](Self::receive) until it returns `None` whenever
/// [`next_departure`](Self::next_departure) is due. Times must not decrease.
///
/// ```
/// use std::time::{Duration, Instant};
/// use precall_netem::{Link, LinkConfig};
///
/// let config = LinkConfig { delay: Duration::from_millis(80), ..LinkConfig::default() };
/// let mut link = Link::new(&config, 1);
/// let sent = Instant::now();
/// link.send(sent, "packet");
/// assert_eq!(link.receive(sent), None);
/// assert_eq!(link.receive(sent + Duration::from_millis(80)), Some("packet"));
/// ```
pub struct Link<T> {
    config: LinkConfig,
    steps: VecDeque<(Duration, LinkConfig)>,
    rng: ImpairmentRng,
    bottleneck: Bottleneck<Queued<T>>,
    in_flight: BinaryHeap<InFlight<T>>,
    /// The start of the timeline: the time of the first packet, unless [`Link::begin`] sets it.
    epoch: Option<Instant>,
    /// Latest arrival of the packets that must not be overtaken.
    last_arrival: Duration,
    /// Number of packets that have left the bottleneck.
    departures: u64,
    /// Number of the next packet expected at the receiver (RFC 4737, section 3).
    next_expected: u64,
    counters: LinkCounters,
}

impl NetworkConfig {
    /// Creates the link of one direction, with its timeline. Every random number follows from `seed`; the two
    /// directions draw independently.
    pub fn link<T: Packet>(&self, direction: Direction, seed: u64) -> Link<T> {
        let (config, seed) = match direction {
            Direction::Up => (&self.up, derive_seed(seed, "up")),
            Direction::Down => (&self.down, derive_seed(seed, "down")),
        };
        let pick = |step: &NetworkStep| match direction {
            Direction::Up => (step.at, step.up.clone()),
            Direction::Down => (step.at, step.down.clone()),
        };
        Link::new(config, seed).with_steps(self.steps.iter().map(pick))
    }
}

impl<T: Packet> Link<T> {
    /// Creates a link. Every random number follows from `seed`.
    pub fn new(config: &LinkConfig, seed: u64) -> Self {
        Self {
            config: config.clone(),
            steps: VecDeque::new(),
            rng: ImpairmentRng::new(seed),
            bottleneck: Bottleneck::new(config),
            in_flight: BinaryHeap::new(),
            epoch: None,
            last_arrival: Duration::ZERO,
            departures: 0,
            next_expected: 0,
            counters: LinkCounters::default(),
        }
    }

    /// Adds a timeline: the configurations to which the link changes, and when. A step restarts neither the random
    /// numbers nor the queue.
    #[must_use]
    pub fn with_steps(mut self, steps: impl IntoIterator<Item = (Duration, LinkConfig)>) -> Self {
        self.steps.extend(steps);
        self.steps.make_contiguous().sort_by_key(|(at, _)| *at);
        self
    }

    /// Starts the timeline: steps, outages and traces count from `now`. Without this call they count from the first
    /// packet. It has no effect after the first packet.
    pub fn begin(&mut self, now: Instant) {
        if self.counters.packets_in == 0 {
            self.epoch = Some(now);
        }
    }

    /// Changes the link from `now` on, as a step does, and drops the steps that are left. `now` must not decrease.
    pub fn change(&mut self, now: Instant, config: LinkConfig) {
        let elapsed = now.saturating_duration_since(*self.epoch.get_or_insert(now));
        self.advance(elapsed);
        self.steps.clear();
        self.steps.push_back((elapsed, config));
        self.advance(elapsed);
    }

    /// Sends a packet into the link. `now` must not decrease.
    pub fn send(&mut self, now: Instant, packet: T) {
        let elapsed = now.saturating_duration_since(*self.epoch.get_or_insert(now));
        self.advance(elapsed);
        let bytes = packet.size_bytes() as u64;
        let number = Some(self.counters.packets_in);
        self.counters.packets_in += 1;
        self.counters.bytes_in += bytes;
        // Every packet draws, even in an outage, so that an outage does not change which later packets are lost.
        let decision = self.rng.next(&self.config);
        let dropped = match decision {
            _ if self.config.is_out(elapsed) => &mut self.counters.packets_dropped_outage,
            PacketDecision::DropRandom => &mut self.counters.packets_dropped_loss,
            PacketDecision::DropBurst => &mut self.counters.packets_dropped_burst,
            PacketDecision::Pass(draws) => {
                let queued = Queued { packet, bytes, sent: now, number, draws };
                if draws.duplicate {
                    self.counters.packets_duplicated += 1;
                    self.enqueue(elapsed, queued.clone());
                    self.enqueue(elapsed, Queued { number: None, ..queued });
                } else {
                    self.enqueue(elapsed, queued);
                }
                return self.advance(elapsed);
            }
        };
        *dropped += 1;
        self.counters.bytes_dropped += bytes;
    }

    /// Returns the next packet that has left the link by `now`, if there is one.
    pub fn receive(&mut self, now: Instant) -> Option<T> {
        self.receive_with_time(now).map(|(_, packet)| packet)
    }

    /// As [`Link::receive`], with the time at which the packet left the link. The time is exact and not later than
    /// `now`, however late the call is. The times of successive packets do not decrease.
    pub fn receive_with_time(&mut self, now: Instant) -> Option<(Instant, T)> {
        let epoch = self.epoch?;
        let elapsed = now.saturating_duration_since(epoch);
        self.advance(elapsed);
        if self.in_flight.peek()?.arrives > elapsed {
            return None;
        }
        let InFlight { arrives, packet, bytes, sent, number, .. } = self.in_flight.pop()?;
        let delay = now.saturating_duration_since(sent);
        self.counters.packets_out += 1;
        self.counters.bytes_out += bytes;
        self.counters.packets_delayed += u64::from(delay > UNDELAYED);
        self.counters.delay_total += delay;
        self.counters.delay_max = self.counters.delay_max.max(delay);
        if let Some(number) = number {
            self.counters.packets_reordered += u64::from(number < self.next_expected);
            self.next_expected = self.next_expected.max(number + 1);
        }
        Some((epoch + arrives, packet))
    }

    /// Returns the time of the next call to [`Link::receive`]: no packet leaves before it. `None` if the link is empty.
    /// When packets may overtake one another, or a step comes first, there may be no packet yet at that time.
    pub fn next_departure(&self) -> Option<Instant> {
        let packet = self.in_flight.peek().map(|packet| packet.arrives);
        let next = [packet, self.first_arrival()].into_iter().flatten().min()?;
        Some(self.epoch? + next)
    }

    /// Returns the number of packets in the link: queued or in flight.
    pub fn packets_inside(&self) -> usize {
        self.bottleneck.len() + self.in_flight.len()
    }

    /// Returns the counters of the link since its creation.
    pub fn counters(&self) -> LinkCounters {
        self.counters
    }

    fn enqueue(&mut self, elapsed: Duration, queued: Queued<T>) {
        let bytes = queued.bytes;
        if self.bottleneck.offer(elapsed, bytes, queued).is_err() {
            self.counters.packets_dropped_queue += 1;
            self.counters.bytes_dropped += bytes;
        }
    }

    /// Processes all events until `elapsed`, in chronological order.
    fn advance(&mut self, elapsed: Duration) {
        loop {
            let step = self.steps.front().map(|(at, _)| *at);
            let leaves = self.bottleneck.head_departure();
            // A packet that leaves at the moment of a step leaves under the configuration before it.
            if leaves.is_some_and(|leaves| leaves <= elapsed && step.is_none_or(|step| leaves <= step)) {
                if let Some((at, queued)) = self.bottleneck.pop() {
                    self.depart(at, queued);
                }
            } else if step.is_some_and(|step| step <= elapsed)
                && let Some((at, config)) = self.steps.pop_front()
            {
                self.bottleneck.change(&config, at);
                self.config = config;
            } else {
                return;
            }
        }
    }

    /// Moves a packet that has left the bottleneck into flight.
    fn depart(&mut self, at: Duration, queued: Queued<T>) {
        let Queued { packet, bytes, sent, number, draws } = queued;
        let mut arrives = self.arrival(at, draws.jitter);
        if !draws.reorder {
            self.last_arrival = self.last_arrival.max(arrives);
        } else if let Some(reorder) = self.config.reorder {
            arrives += reorder.by;
        }
        self.departures += 1;
        self.in_flight.push(InFlight { arrives, order: self.departures, packet, bytes, sent, number });
    }

    /// Returns when a packet arrives that leaves the bottleneck at `at`.
    fn arrival(&self, at: Duration, deviation: f64) -> Duration {
        let late = self.config.jitter.mul_f64(deviation.abs());
        let delay = if deviation < 0.0 { self.config.delay.saturating_sub(late) } else { self.config.delay + late };
        if self.config.jitter_reorders { at + delay } else { (at + delay).max(self.last_arrival) }
    }

    /// Returns the earliest possible arrival of a queued packet.
    fn first_arrival(&self) -> Option<Duration> {
        let queued = self.bottleneck.head()?;
        let step = self.steps.front().map(|(at, _)| *at);
        let Some(leaves) = self.bottleneck.head_departure() else { return step };
        let is_overtaken = queued.draws.reorder || self.config.jitter_reorders;
        let arrives = if is_overtaken { leaves } else { self.arrival(leaves, queued.draws.jitter) };
        // A step may change the delay, so that this packet or one behind it arrives earlier.
        Some(step.map_or(arrives, |step| step.min(arrives)))
    }
}

/// A packet that spends at most this long in a link counts as not delayed: it is the resolution of the clock.
const UNDELAYED: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests;
