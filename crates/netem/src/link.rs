//! One direction of a network: packets and times go in, packets and times come out.

use std::collections::{BinaryHeap, VecDeque};
use std::time::{Duration, Instant};

use super::bottleneck::Bottleneck;
use super::luck::{Fate, Fates};
use super::packet::{Flying, Waiting};
use super::{LinkConfig, LinkCounters, Packet};

/// A link that delays, paces and drops what passes through it. Sans-I/O: the same seed, packets and times always give
/// the same answer.
///
/// A packet meets, in this order: outages, loss, the queue and the rate, the propagation delay with its jitter.
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
    fates: Fates,
    bottleneck: Bottleneck<Waiting<T>>,
    flying: BinaryHeap<Flying<T>>,
    /// What the times of configurations count from; the first packet's, if nobody says.
    epoch: Option<Instant>,
    /// When the last packet arrives of those that may not be overtaken.
    last_arrival: Duration,
    /// How many have set off.
    set_off: u64,
    /// The number of the next packet expected at the other end, as in RFC 4737, section 3.
    next_expected: u64,
    counters: LinkCounters,
}

impl<T: Packet> Link<T> {
    /// A link in its first state. Every random choice follows from `seed`.
    pub fn new(config: &LinkConfig, seed: u64) -> Self {
        Self {
            config: config.clone(),
            steps: VecDeque::new(),
            fates: Fates::new(seed),
            bottleneck: Bottleneck::new(config),
            flying: BinaryHeap::new(),
            epoch: None,
            last_arrival: Duration::ZERO,
            set_off: 0,
            next_expected: 0,
            counters: LinkCounters::default(),
        }
    }

    /// The link with a timeline: what it becomes, and when. Neither chance nor what is inside begins anew at a step.
    #[must_use]
    pub fn with_steps(mut self, steps: impl IntoIterator<Item = (Duration, LinkConfig)>) -> Self {
        self.steps.extend(steps);
        self.steps.make_contiguous().sort_by_key(|(at, _)| *at);
        self
    }

    /// Begins the timeline: steps, outages and traces count from `now`. Without it they count from the first packet, and
    /// once a packet has entered it does nothing.
    pub fn begin(&mut self, now: Instant) {
        if self.counters.packets_in == 0 {
            self.epoch = Some(now);
        }
    }

    /// A packet enters the link. `now` must not go back.
    pub fn send(&mut self, now: Instant, packet: T) {
        let elapsed = now.saturating_duration_since(*self.epoch.get_or_insert(now));
        self.advance(elapsed);
        let bytes = packet.size_bytes() as u64;
        let number = Some(self.counters.packets_in);
        self.counters.packets_in += 1;
        self.counters.bytes_in += bytes;
        // Drawn whatever happens, so that an outage does not shift the luck of those after it.
        let fate = self.fates.next(&self.config);
        let dropped = match fate {
            _ if self.config.is_out(elapsed) => &mut self.counters.packets_dropped_outage,
            Fate::Lost => &mut self.counters.packets_dropped_loss,
            Fate::LostInBurst => &mut self.counters.packets_dropped_burst,
            Fate::Passes(luck) => {
                let waiting = Waiting { packet, bytes, sent: now, number, luck };
                if luck.twice {
                    self.counters.packets_duplicated += 1;
                    self.enqueue(elapsed, waiting.clone());
                    self.enqueue(elapsed, Waiting { number: None, ..waiting });
                } else {
                    self.enqueue(elapsed, waiting);
                }
                return self.advance(elapsed);
            }
        };
        *dropped += 1;
        self.counters.bytes_dropped += bytes;
    }

    /// The next packet that has left the link by `now`, if there is one.
    pub fn receive(&mut self, now: Instant) -> Option<T> {
        self.receive_with_time(now).map(|(_, packet)| packet)
    }

    /// As [`Link::receive`], with the moment at which the packet left the link: exact, and at or before `now`, however late
    /// the caller looks. Moments of successive packets do not go back.
    pub fn receive_with_time(&mut self, now: Instant) -> Option<(Instant, T)> {
        let epoch = self.epoch?;
        let elapsed = now.saturating_duration_since(epoch);
        self.advance(elapsed);
        if self.flying.peek()?.arrives > elapsed {
            return None;
        }
        let Flying { arrives, packet, bytes, sent, number, .. } = self.flying.pop()?;
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

    /// When to ask [`Link::receive`] again: nothing leaves before that. `None` while nothing is on its way. When packets
    /// may overtake one another, or the timeline has a step before, there may be nothing yet.
    pub fn next_departure(&self) -> Option<Instant> {
        let flying = self.flying.peek().map(|flying| flying.arrives);
        let next = [flying, self.first_arrival()].into_iter().flatten().min()?;
        Some(self.epoch? + next)
    }

    /// How many packets are inside: they wait, or are on their way.
    pub fn packets_inside(&self) -> usize {
        self.bottleneck.len() + self.flying.len()
    }

    /// What the link has done so far.
    pub fn counters(&self) -> LinkCounters {
        self.counters
    }

    fn enqueue(&mut self, elapsed: Duration, waiting: Waiting<T>) {
        let bytes = waiting.bytes;
        if self.bottleneck.offer(elapsed, bytes, waiting).is_err() {
            self.counters.packets_dropped_queue += 1;
            self.counters.bytes_dropped += bytes;
        }
    }

    /// Does everything that happens inside until `elapsed`, in the order in which it happens.
    fn advance(&mut self, elapsed: Duration) {
        loop {
            let step = self.steps.front().map(|(at, _)| *at);
            let leaves = self.bottleneck.first_leaves();
            // What leaves at the moment of a step still leaves as before it.
            if leaves.is_some_and(|leaves| leaves <= elapsed && step.is_none_or(|step| leaves <= step)) {
                if let Some((at, waiting)) = self.bottleneck.pop() {
                    self.fly(at, waiting);
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

    /// A packet has left the bottleneck and is on its way.
    fn fly(&mut self, at: Duration, waiting: Waiting<T>) {
        let Waiting { packet, bytes, sent, number, luck } = waiting;
        let mut arrives = self.arrival(at, luck.deviation);
        if !luck.held {
            self.last_arrival = self.last_arrival.max(arrives);
        } else if let Some(reorder) = self.config.reorder {
            arrives += reorder.by;
        }
        self.set_off += 1;
        self.flying.push(Flying { arrives, order: self.set_off, packet, bytes, sent, number });
    }

    /// When a packet arrives that leaves the bottleneck at `at`.
    fn arrival(&self, at: Duration, deviation: f64) -> Duration {
        let late = self.config.jitter.mul_f64(deviation.abs());
        let delay = if deviation < 0.0 { self.config.delay.saturating_sub(late) } else { self.config.delay + late };
        if self.config.jitter_reorders { at + delay } else { (at + delay).max(self.last_arrival) }
    }

    /// The earliest that something which still waits can arrive.
    fn first_arrival(&self) -> Option<Duration> {
        let waiting = self.bottleneck.first()?;
        let step = self.steps.front().map(|(at, _)| *at);
        let Some(leaves) = self.bottleneck.first_leaves() else { return step };
        let is_overtaken = waiting.luck.held || self.config.jitter_reorders;
        let arrives = if is_overtaken { leaves } else { self.arrival(leaves, waiting.luck.deviation) };
        // A step may let this one go, and what waits behind it overtake it.
        Some(step.map_or(arrives, |step| step.min(arrives)))
    }
}

/// A packet that spends less than this in a link was passed on at once: the clock's own resolution, not a delay.
const UNDELAYED: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests;
