//! The slowest place of a link: packets wait there for their turn.

use std::collections::VecDeque;
use std::time::Duration;

use super::trace::OPPORTUNITY_BYTES;
use super::{LinkConfig, Queue, Trace};

/// A queue and what serves it. Times count from the moment the network was applied; how often it is asked changes nothing.
pub(super) struct Bottleneck<T> {
    waiting: VecDeque<(u64, T)>,
    /// The bytes of all that wait, the first included.
    waiting_bytes: u64,
    /// How much of the first has left already, as of `since`.
    sent: f64,
    /// Since when the first has been served at the present rate.
    since: Duration,
    service: Service,
    limit: Limit,
}

enum Service {
    /// Everything leaves at once.
    Unlimited,
    /// So many bytes leave each second.
    Rate(f64),
    /// As recorded.
    Trace(Cursor),
}

/// Where a trace stands.
struct Cursor {
    trace: Trace,
    began: Duration,
    /// The next opportunity that has not been used.
    next: u64,
    /// What is left of the one before it, for packets that leave at the same moment.
    left: u64,
}

/// How much may wait, in bytes; `None` for any amount.
type Limit = Option<u64>;

impl<T> Bottleneck<T> {
    pub fn new(config: &LinkConfig) -> Self {
        let mut bottleneck = Self {
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            sent: 0.0,
            since: Duration::ZERO,
            service: Service::Unlimited,
            limit: None,
        };
        bottleneck.change(config, Duration::ZERO);
        bottleneck
    }

    /// Serves as `config` says from now on. What waits stays, and what has left of the first counts.
    pub fn change(&mut self, config: &LinkConfig, now: Duration) {
        self.sent = self.sent_by(now);
        self.since = now;
        let service = std::mem::replace(&mut self.service, Service::Unlimited);
        self.service = match (&config.trace, config.rate, service) {
            // A trace goes on when something else changes.
            (Some(trace), _, Service::Trace(cursor)) if cursor.trace == *trace => Service::Trace(cursor),
            (Some(trace), ..) => Service::Trace(Cursor { trace: trace.clone(), began: now, next: 0, left: 0 }),
            (None, Some(rate), _) => Service::Rate(rate.bytes_per_second()),
            (None, None, _) => Service::Unlimited,
        };
        self.limit = config.nominal_rate().map(|rate| match config.queue {
            Queue::Time(time) => (rate.bytes_per_second() * time.as_secs_f64()) as u64,
            Queue::Size(size) => size.bytes(),
        });
    }

    /// Takes a packet in, or gives it back when the queue is full. A packet that finds the link idle is always taken, or
    /// a small queue would pass nothing at all.
    pub fn offer(&mut self, now: Duration, bytes: u64, packet: T) -> Result<(), T> {
        if self.waiting.is_empty() {
            self.since = now;
            self.sent = 0.0;
            if let Service::Trace(cursor) = &mut self.service {
                // Opportunities that nobody was there for are gone.
                cursor.next = cursor.next.max(cursor.trace.first_from(now.saturating_sub(cursor.began)));
                cursor.left = 0;
            }
        } else if let Some(limit) = self.limit {
            let unsent = self.waiting_bytes as f64 - self.sent_by(now);
            if unsent + bytes as f64 > limit as f64 {
                return Err(packet);
            }
        }
        self.waiting_bytes += bytes;
        self.waiting.push_back((bytes, packet));
        Ok(())
    }

    /// The first that waits.
    pub fn first(&self) -> Option<&T> {
        self.waiting.front().map(|(_, packet)| packet)
    }

    /// When the first has left; `None` when nothing waits, or a trace is over.
    pub fn first_leaves(&self) -> Option<Duration> {
        let (bytes, _) = self.waiting.front()?;
        match &self.service {
            Service::Unlimited => Some(self.since),
            Service::Rate(bytes_per_second) => {
                let seconds = (*bytes as f64 - self.sent).max(0.0) / bytes_per_second;
                Some(self.since + Duration::from_nanos((seconds * 1e9).ceil() as u64))
            }
            Service::Trace(cursor) => cursor.leaves(self.since, self.unsent_of_first()).map(|(at, ..)| at),
        }
    }

    /// Takes the first out, which leaves now.
    pub fn pop(&mut self) -> Option<(Duration, T)> {
        let at = self.first_leaves()?;
        let unsent = self.unsent_of_first();
        let (bytes, packet) = self.waiting.pop_front()?;
        self.waiting_bytes -= bytes;
        if let Service::Trace(cursor) = &mut self.service
            && let Some((_, next, left)) = cursor.leaves(self.since, unsent)
        {
            (cursor.next, cursor.left) = (next, left);
        }
        self.sent = 0.0;
        self.since = at;
        Some((at, packet))
    }

    /// How many packets wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    fn unsent_of_first(&self) -> u64 {
        self.waiting.front().map_or(0, |(bytes, _)| (*bytes as f64 - self.sent).max(0.0).ceil() as u64)
    }

    /// How much of the first has left by `now`, in bytes.
    fn sent_by(&self, now: Duration) -> f64 {
        let Some((bytes, _)) = self.waiting.front() else { return 0.0 };
        match self.service {
            Service::Unlimited => *bytes as f64,
            Service::Rate(bytes_per_second) => {
                let since = now.saturating_sub(self.since).as_secs_f64();
                (self.sent + since * bytes_per_second).min(*bytes as f64)
            }
            // A trace carries whole opportunities; what part of a packet they took is settled when it leaves.
            Service::Trace(_) => self.sent,
        }
    }
}

impl Cursor {
    /// When `bytes` more have left, the next opportunity after that, and what is left of the last.
    fn leaves(&self, since: Duration, bytes: u64) -> Option<(Duration, u64, u64)> {
        let Some(missing) = bytes.checked_sub(self.left).filter(|missing| *missing > 0) else {
            return Some((since, self.next, self.left - bytes));
        };
        let opportunity = u64::from(OPPORTUNITY_BYTES);
        let needed = missing.div_ceil(opportunity);
        let at = self.began + self.trace.opportunity(self.next + needed - 1)?;
        Some((at, self.next + needed, needed * opportunity - missing))
    }
}
