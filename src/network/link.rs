//! One direction of a network: packets and times go in, packets and times come out.

use std::time::{Duration, Instant};

use str0m_netem::{DataSize, Input, Netem, NetemConfig, Output, Probability, RandomLoss, WithLen};

use super::{LinkConfig, LinkCounters, Queue};

/// A link that delays, paces and drops what passes through it. Sans-I/O: the same seed, packets and times always give
/// the same answer.
///
/// ```
/// use std::time::{Duration, Instant};
/// use precall::network::{Link, LinkConfig};
///
/// let config = LinkConfig { delay: Duration::from_millis(80), ..LinkConfig::default() };
/// let mut link = Link::new(&config, 1);
/// let sent = Instant::now();
/// link.send(sent, "packet");
/// assert_eq!(link.receive(sent), None);
/// assert_eq!(link.receive(sent + Duration::from_millis(80)), Some("packet"));
/// ```
pub struct Link<T> {
    netem: Netem<InFlight<T>>,
    counters: LinkCounters,
    capacity: Option<Capacity>,
}

/// How much may be inside a link that has a rate.
struct Capacity {
    /// The most bytes inside at once: the queue and what is on its way.
    bytes: u64,
    /// The bytes inside now.
    used: u64,
}

/// A packet on its way, and when it came.
#[derive(Clone)]
struct InFlight<T> {
    packet: T,
    bytes: usize,
    sent: Instant,
}

impl<T> WithLen for InFlight<T> {
    fn len(&self) -> usize {
        self.bytes
    }
}

/// What a link needs to know of a packet.
pub trait Packet: Clone {
    /// Its size in bytes as the link counts it: the UDP payload.
    fn size_bytes(&self) -> usize;
}

impl<T: AsRef<[u8]> + Clone> Packet for T {
    fn size_bytes(&self) -> usize {
        self.as_ref().len()
    }
}

impl<T: Packet> Link<T> {
    /// A link in its first state. Every random choice follows from `seed`.
    pub fn new(config: &LinkConfig, seed: u64) -> Self {
        let mut netem = NetemConfig::new().latency(config.delay).jitter(config.jitter).seed(seed);
        if let Some(loss) = config.loss {
            netem = netem.loss(RandomLoss::new(Probability::new(loss.get() as f32)));
        }
        let mut capacity = None;
        if let Some(rate) = config.rate {
            let per_second = rate.bytes_per_second();
            let queue = match config.queue {
                Queue::Time(time) => (per_second * time.as_secs_f64()) as u64,
                Queue::Size(size) => size.bytes(),
            };
            // The emulator counts packets still propagating as queued; room for them is added, so that the queue alone
            // is what was asked for. One packet always fits, or a small queue would pass nothing at all.
            let propagating = (per_second * (config.delay + config.jitter).as_secs_f64()).ceil() as u64;
            let bytes = (queue + propagating).max(LARGEST_PACKET_BYTES);
            netem = netem.link(
                str0m_netem::Bitrate::bps(rate.bits_per_second()),
                DataSize::bytes(i64::try_from(bytes).unwrap_or(i64::MAX)),
            );
            capacity = Some(Capacity { bytes, used: 0 });
        }
        Self { netem: Netem::new(netem), counters: LinkCounters::default(), capacity }
    }

    /// A packet enters the link. `now` must not go back.
    pub fn send(&mut self, now: Instant, packet: T) {
        let bytes = packet.size_bytes();
        let size = bytes as u64;
        self.counters.packets_in += 1;
        self.counters.bytes_in += size;
        let full = self.capacity.as_ref().is_some_and(|capacity| capacity.used + size > capacity.bytes);
        let before = self.netem.queue_len();
        self.netem.handle_input(Input::Packet(now, InFlight { packet, bytes, sent: now }));
        if self.netem.queue_len() > before {
            if let Some(capacity) = &mut self.capacity {
                capacity.used += size;
            }
        } else if full {
            self.counters.packets_dropped_queue += 1;
            self.counters.bytes_dropped += size;
        } else {
            self.counters.packets_dropped_loss += 1;
            self.counters.bytes_dropped += size;
        }
    }

    /// The next packet that has left the link by `now`, if there is one.
    pub fn receive(&mut self, now: Instant) -> Option<T> {
        self.netem.handle_input(Input::Timeout(now));
        loop {
            match self.netem.poll_output()? {
                Output::Timeout(_) => {}
                Output::Packet(InFlight { packet, bytes, sent }) => {
                    let size = bytes as u64;
                    if let Some(capacity) = &mut self.capacity {
                        capacity.used = capacity.used.saturating_sub(size);
                    }
                    let delay = now.saturating_duration_since(sent);
                    self.counters.packets_out += 1;
                    self.counters.bytes_out += size;
                    self.counters.packets_delayed += u64::from(delay > UNDELAYED);
                    self.counters.delay_total += delay;
                    self.counters.delay_max = self.counters.delay_max.max(delay);
                    return Some(packet);
                }
            }
        }
    }

    /// When the next packet leaves the link; `None` while it is empty.
    pub fn next_departure(&self) -> Option<Instant> {
        (!self.netem.is_empty()).then(|| self.netem.poll_timeout())
    }

    /// What the link has done so far.
    pub fn counters(&self) -> LinkCounters {
        self.counters
    }
}

/// A UDP payload on a path with Ethernet's MTU fits in this many bytes.
const LARGEST_PACKET_BYTES: u64 = 1500;

/// A packet that spends less than this in a link was passed on at once: the clock's own resolution, not a delay.
const UNDELAYED: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Bitrate, Ratio};

    /// Sends `count` packets of `bytes` each `interval`, and gives back the link and each packet's delay.
    fn run(
        config: &LinkConfig,
        seed: u64,
        count: u32,
        bytes: usize,
        interval: Duration,
    ) -> (Link<Vec<u8>>, Vec<Duration>) {
        let start = Instant::now();
        let mut link = Link::new(config, seed);
        let mut sent = Vec::new();
        let mut delays = Vec::new();
        let drain = |link: &mut Link<Vec<u8>>, until: Option<Instant>, sent: &[Instant], delays: &mut Vec<Duration>| {
            while let Some(at) = link.next_departure() {
                if until.is_some_and(|until| at > until) {
                    break;
                }
                let packet = link.receive(at).expect("a packet leaves when it is due");
                let index = u32::from_be_bytes([packet[0], packet[1], packet[2], packet[3]]) as usize;
                delays.push(at - sent[index]);
            }
        };
        for index in 0..count {
            let now = start + interval * index;
            drain(&mut link, Some(now), &sent, &mut delays);
            let mut packet = vec![0; bytes];
            packet[..4].copy_from_slice(&index.to_be_bytes());
            sent.push(now);
            link.send(now, packet);
        }
        drain(&mut link, None, &sent, &mut delays);
        (link, delays)
    }

    fn config() -> LinkConfig {
        LinkConfig::default()
    }

    #[test]
    fn an_unimpaired_link_passes_everything_at_once() {
        let (link, delays) = run(&config(), 1, 1_000, 1_200, Duration::from_millis(1));
        assert!(delays.iter().all(Duration::is_zero));
        let counters = link.counters();
        assert_eq!((counters.packets_in, counters.packets_out, counters.packets_dropped()), (1_000, 1_000, 0));
        assert_eq!((counters.bytes_in, counters.bytes_out), (1_200_000, 1_200_000));
        assert_eq!(counters.packets_delayed, 0);
    }

    #[test]
    fn every_packet_is_delayed_by_the_propagation_delay() {
        let delay = Duration::from_millis(80);
        let (link, delays) = run(&LinkConfig { delay, ..config() }, 1, 500, 200, Duration::from_millis(3));
        assert!(delays.iter().all(|d| *d == delay));
        assert_eq!(link.counters().packets_delayed, 500);
        assert_eq!(link.counters().delay_mean(), Some(delay));
    }

    #[test]
    fn jitter_stays_in_its_bounds_and_never_reorders() {
        let config = LinkConfig { delay: Duration::from_millis(50), jitter: Duration::from_millis(10), ..config() };
        let (_, delays) = run(&config, 7, 2_000, 200, Duration::from_millis(40));
        assert!(delays.iter().all(|d| (40..=60).contains(&d.as_millis())));
        assert!(delays.iter().any(|d| d.as_millis() < 43) && delays.iter().any(|d| d.as_millis() > 57));
    }

    #[test]
    fn loss_is_what_was_asked_for() {
        let config = LinkConfig { loss: Ratio::new(0.02), ..config() };
        let (link, delays) = run(&config, 42, 20_000, 200, Duration::from_millis(1));
        let lost = link.counters().loss_ratio().get();
        assert!((lost - 0.02).abs() < 0.003, "{lost}");
        assert_eq!(delays.len() as u64 + link.counters().packets_dropped(), 20_000);
    }

    #[test]
    fn the_rate_is_what_was_asked_for_when_the_link_is_kept_busy() {
        let rate = Bitrate::from_bits_per_second(400_000);
        let config = LinkConfig { rate: Some(rate), ..config() };
        // Twice the rate is offered for 20 s.
        let (link, _) = run(&config, 1, 2_000, 1_000, Duration::from_millis(10));
        let seconds = 20.0 + 0.3;
        let measured = link.counters().bytes_out as f64 * 8.0 / seconds;
        assert!((measured / 400_000.0 - 1.0).abs() < 0.01, "{measured}");
        assert!(link.counters().packets_dropped_queue > 0);
        assert_eq!(link.counters().packets_dropped_loss, 0);
    }

    #[test]
    fn the_queue_bounds_the_wait_whatever_the_delay() {
        for delay in [0, 80] {
            let config = LinkConfig {
                rate: Some(Bitrate::from_bits_per_second(400_000)),
                queue: Queue::Time(Duration::from_millis(300)),
                delay: Duration::from_millis(delay),
                ..config()
            };
            let (_, delays) = run(&config, 1, 2_000, 500, Duration::from_millis(5));
            let longest = delays.iter().max().expect("some pass").as_millis() as u64;
            assert!((280 + delay..=310 + delay).contains(&longest), "{longest} ms with {delay} ms of delay");
        }
    }

    #[test]
    fn the_same_seed_drops_the_same_packets_and_another_does_not() {
        let config = LinkConfig { loss: Ratio::new(0.1), ..config() };
        let survivors = |seed| {
            let start = Instant::now();
            let mut link = Link::new(&config, seed);
            let mut passed = Vec::new();
            for index in 0..500_u32 {
                link.send(start, index.to_be_bytes().to_vec());
                passed.extend(link.receive(start));
            }
            passed
        };
        assert_eq!(survivors(3), survivors(3));
        assert_ne!(survivors(3), survivors(4));
    }

    #[test]
    fn a_queue_smaller_than_a_packet_still_passes_one_at_a_time() {
        let config = LinkConfig {
            rate: Some(Bitrate::from_bits_per_second(100_000)),
            queue: Queue::Size(crate::units::ByteSize::from_bytes(1)),
            ..config()
        };
        let (link, _) = run(&config, 1, 100, 1_200, Duration::from_millis(200));
        assert_eq!(link.counters().packets_out, 100);
    }
}
