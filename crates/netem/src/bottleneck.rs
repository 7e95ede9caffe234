//! The bottleneck of a link: the queue of packets, and the rate at which they leave it.

use std::collections::VecDeque;
use std::time::Duration;

use super::trace::OPPORTUNITY_BYTES;
use super::{LinkConfig, Queue, Trace};

/// A drop-tail queue and the rate that drains it. Times count from the moment the network was applied. Its results do
/// not depend on how often it is polled.
pub(super) struct Bottleneck<T> {
    queue: VecDeque<(u64, T)>,
    /// Total size of all queued packets in bytes, including the one at the head.
    queued_bytes: u64,
    /// Bytes of the head packet that had already been sent at `since`.
    sent: f64,
    /// The time since which the head packet is sent at the current rate.
    since: Duration,
    drain: Drain,
    limit: Limit,
}

enum Drain {
    /// Every packet leaves at once.
    Unlimited,
    /// Packets leave at a constant rate in bytes per second.
    Rate(f64),
    /// Packets leave at the opportunities of a recorded trace.
    Trace(Cursor),
}

/// The position in a trace.
struct Cursor {
    trace: Trace,
    began: Duration,
    /// Number of the next unused opportunity.
    next: u64,
    /// Unused bytes of the previous opportunity, for packets that leave at the same moment.
    unused: u64,
}

/// The capacity of the queue in bytes; `None` if it is unlimited.
type Limit = Option<u64>;

impl<T> Bottleneck<T> {
    pub(crate) fn new(config: &LinkConfig) -> Self {
        let mut bottleneck = Self {
            queue: VecDeque::new(),
            queued_bytes: 0,
            sent: 0.0,
            since: Duration::ZERO,
            drain: Drain::Unlimited,
            limit: None,
        };
        bottleneck.change(config, Duration::ZERO);
        bottleneck
    }

    /// Applies `config` from now on. Queued packets stay, and the bytes of the head packet that were already sent still
    /// count.
    pub(crate) fn change(&mut self, config: &LinkConfig, now: Duration) {
        self.sent = self.sent_by(now);
        self.since = now;
        let drain = std::mem::replace(&mut self.drain, Drain::Unlimited);
        self.drain = match (&config.trace, config.rate, drain) {
            // A trace continues when a step changes something else.
            (Some(trace), _, Drain::Trace(cursor)) if cursor.trace == *trace => Drain::Trace(cursor),
            (Some(trace), ..) => Drain::Trace(Cursor { trace: trace.clone(), began: now, next: 0, unused: 0 }),
            (None, Some(rate), _) => Drain::Rate(rate.bytes_per_second()),
            (None, None, _) => Drain::Unlimited,
        };
        self.limit = config.nominal_rate().map(|rate| match config.queue {
            Queue::Time(time) => (rate.bytes_per_second() * time.as_secs_f64()) as u64,
            Queue::Size(size) => size.bytes(),
        });
    }

    /// Queues a packet, or returns it if the queue is full. A packet that finds the link idle is always queued:
    /// otherwise a queue smaller than a packet would let nothing pass.
    pub(crate) fn offer(&mut self, now: Duration, bytes: u64, packet: T) -> Result<(), T> {
        if self.queue.is_empty() {
            self.since = now;
            self.sent = 0.0;
            if let Drain::Trace(cursor) = &mut self.drain {
                // Opportunities that passed while the queue was empty are lost.
                cursor.next = cursor.next.max(cursor.trace.first_from(now.saturating_sub(cursor.began)));
                cursor.unused = 0;
            }
        } else if let Some(limit) = self.limit {
            let unsent = self.queued_bytes as f64 - self.sent_by(now);
            if unsent + bytes as f64 > limit as f64 {
                return Err(packet);
            }
        }
        self.queued_bytes += bytes;
        self.queue.push_back((bytes, packet));
        Ok(())
    }

    /// Returns the packet at the head of the queue.
    pub(crate) fn head(&self) -> Option<&T> {
        self.queue.front().map(|(_, packet)| packet)
    }

    /// Returns the time at which the head packet leaves; `None` if the queue is empty or the trace has ended.
    pub(crate) fn head_departure(&self) -> Option<Duration> {
        let (bytes, _) = self.queue.front()?;
        match &self.drain {
            Drain::Unlimited => Some(self.since),
            Drain::Rate(bytes_per_second) => {
                let seconds = (*bytes as f64 - self.sent).max(0.0) / bytes_per_second;
                Some(self.since + Duration::from_nanos((seconds * 1e9).ceil() as u64))
            }
            Drain::Trace(cursor) => cursor.departure(self.since, self.unsent_of_head()).map(|(at, ..)| at),
        }
    }

    /// Removes the head packet and returns it with its time of departure.
    pub(crate) fn pop(&mut self) -> Option<(Duration, T)> {
        let at = self.head_departure()?;
        let unsent = self.unsent_of_head();
        let (bytes, packet) = self.queue.pop_front()?;
        self.queued_bytes -= bytes;
        if let Drain::Trace(cursor) = &mut self.drain
            && let Some((_, next, unused)) = cursor.departure(self.since, unsent)
        {
            (cursor.next, cursor.unused) = (next, unused);
        }
        self.sent = 0.0;
        self.since = at;
        Some((at, packet))
    }

    /// Returns the number of queued packets.
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    fn unsent_of_head(&self) -> u64 {
        self.queue.front().map_or(0, |(bytes, _)| (*bytes as f64 - self.sent).max(0.0).ceil() as u64)
    }

    /// Returns how many bytes of the head packet have been sent by `now`.
    fn sent_by(&self, now: Duration) -> f64 {
        let Some((bytes, _)) = self.queue.front() else { return 0.0 };
        match self.drain {
            Drain::Unlimited => *bytes as f64,
            Drain::Rate(bytes_per_second) => {
                let since = now.saturating_sub(self.since).as_secs_f64();
                (self.sent + since * bytes_per_second).min(*bytes as f64)
            }
            // A trace sends whole opportunities. The part of a packet that they carried is settled when the packet
            // leaves.
            Drain::Trace(_) => self.sent,
        }
    }
}

impl Cursor {
    /// Returns the time at which `bytes` more bytes have been sent, the number of the next opportunity after that, and
    /// the unused bytes of the last one.
    fn departure(&self, since: Duration, bytes: u64) -> Option<(Duration, u64, u64)> {
        let Some(missing) = bytes.checked_sub(self.unused).filter(|missing| *missing > 0) else {
            return Some((since, self.next, self.unused - bytes));
        };
        let opportunity = u64::from(OPPORTUNITY_BYTES);
        let needed = missing.div_ceil(opportunity);
        let at = self.began + self.trace.opportunity(self.next + needed - 1)?;
        Some((at, self.next + needed, needed * opportunity - missing))
    }
}
