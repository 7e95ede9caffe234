//! What a network is asked to be.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Blips, BurstLoss, Link, Outage, Packet, Queue, Reordering, Trace};
use crate::chance::part;
use crate::units::{Bitrate, Ratio};

/// The network of one case: each direction on its own, seen from the browser.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkConfig {
    /// From the browser to the platform.
    pub up: LinkConfig,
    /// From the platform to the browser.
    pub down: LinkConfig,
    /// What changes on the way, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<NetworkStep>,
    /// What applies it.
    #[serde(default, skip_serializing_if = "Apply::is_link")]
    pub apply: Apply,
}

/// What applies a network to packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Apply {
    /// precall's links, between the browser and the platform.
    #[default]
    Link,
    /// Chrome itself, by the DevTools Protocol: rate, queue, delay and loss, and the last two the same in both directions.
    Cdp,
}

impl Apply {
    fn is_link(&self) -> bool {
        *self == Self::Link
    }
}

impl NetworkConfig {
    /// One direction's link with its timeline. Every random choice follows from `seed`, and the directions share none.
    pub fn link<T: Packet>(&self, direction: Direction, seed: u64) -> Link<T> {
        let (config, seed) = match direction {
            Direction::Up => (&self.up, part(seed, "up")),
            Direction::Down => (&self.down, part(seed, "down")),
        };
        let pick = |step: &NetworkStep| match direction {
            Direction::Up => (step.at, step.up.clone()),
            Direction::Down => (step.at, step.down.clone()),
        };
        Link::new(config, seed).with_steps(self.steps.iter().map(pick))
    }

    /// Whether packets pass both ways untouched.
    pub fn is_unimpaired(&self) -> bool {
        (self.up == LinkConfig::default()) && (self.down == LinkConfig::default()) && self.steps.is_empty()
    }

    /// What is left for precall's links to do.
    pub fn for_links(&self) -> Self {
        match self.apply {
            Apply::Link => self.clone(),
            Apply::Cdp => Self::default(),
        }
    }

    /// The directions at the beginning, and after each step: when, up and down.
    pub fn parts(&self) -> impl Iterator<Item = (Duration, &LinkConfig, &LinkConfig)> {
        let first = (Duration::ZERO, &self.up, &self.down);
        std::iter::once(first).chain(self.steps.iter().map(|step| (step.at, &step.up, &step.down)))
    }
}

/// What a network becomes at a moment of a case: complete links, not differences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkStep {
    /// When, from the moment the network was applied; milliseconds in files.
    #[serde(with = "millis")]
    pub at: Duration,
    /// From the browser to the platform, from then on.
    pub up: LinkConfig,
    /// From the platform to the browser, from then on.
    pub down: LinkConfig,
}

/// One direction of a network. The default passes every packet at once.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LinkConfig {
    /// The rate at which packets leave the link; `None` is unlimited. Counts UDP payload, not IP and UDP headers.
    pub rate: Option<Bitrate>,
    /// A recorded rate; it takes the place of `rate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// How much may wait for its turn when the rate is limited; what comes on top is dropped (tail drop).
    pub queue: Queue,
    /// One-way propagation delay, in milliseconds in files.
    #[serde(with = "millis")]
    pub delay: Duration,
    /// Largest deviation from `delay`, drawn evenly either way; milliseconds in files.
    #[serde(with = "millis")]
    pub jitter: Duration,
    /// How alike the deviations of one packet and the next are: their autocorrelation at lag one.
    #[serde(skip_serializing_if = "is_zero")]
    pub jitter_correlation: Ratio,
    /// Whether jitter may let a packet overtake another. Otherwise a packet waits for those before it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub jitter_reorders: bool,
    /// Share of packets dropped at random, each on its own.
    pub loss: Option<Ratio>,
    /// Loss in bursts, on top of `loss`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<BurstLoss>,
    /// Packets that come late and out of order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder: Option<Reordering>,
    /// Share of packets that come twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<Ratio>,
    /// Times at which nothing passes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,
    /// Short outages that come again and again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blips: Option<Blips>,
}

impl LinkConfig {
    /// The rate, or the mean of a recorded one; `None` is unlimited.
    pub fn nominal_rate(&self) -> Option<Bitrate> {
        self.trace.as_ref().map(Trace::mean_rate).or(self.rate)
    }

    /// Whether nothing passes at this time, counted from the moment the network was applied.
    pub fn is_out(&self, elapsed: Duration) -> bool {
        self.outages.iter().any(|outage| outage.covers(elapsed)) || self.blips.is_some_and(|blips| blips.cover(elapsed))
    }
}

fn is_zero(ratio: &Ratio) -> bool {
    *ratio == Ratio::ZERO
}

/// A direction of a network, seen from the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// From the browser to the platform.
    Up,
    /// From the platform to the browser.
    Down,
}

/// Durations as a number of milliseconds, for files read by other programs.
pub(super) mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        (value.as_secs_f64() * 1e3).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let millis = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(millis / 1e3).map_err(serde::de::Error::custom)
    }
}
