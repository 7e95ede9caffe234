//! What a network is asked to be.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::units::{Bitrate, ByteSize, Ratio};

/// The network of one case: each direction on its own, seen from the browser.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkConfig {
    /// From the browser to the platform.
    pub up: LinkConfig,
    /// From the platform to the browser.
    pub down: LinkConfig,
}

impl NetworkConfig {
    /// Whether packets pass both ways untouched.
    pub fn is_unimpaired(&self) -> bool {
        *self == Self::default()
    }
}

/// One direction of a network. The default passes every packet at once.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkConfig {
    /// The rate at which packets leave the link; `None` is unlimited. Counts UDP payload, not IP and UDP headers.
    pub rate: Option<Bitrate>,
    /// How much may wait for its turn when `rate` is set; what comes on top is dropped (tail drop).
    pub queue: Queue,
    /// One-way propagation delay, in milliseconds in files.
    #[serde(with = "millis")]
    pub delay: Duration,
    /// Largest deviation from `delay`, drawn evenly either way. Never reorders.
    #[serde(with = "millis")]
    pub jitter: Duration,
    /// Share of packets dropped at random, each on its own.
    pub loss: Option<Ratio>,
}

/// The size of a link's queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Queue {
    /// As many bytes as the link's rate carries in this time, in milliseconds in files.
    #[serde(with = "millis")]
    Time(Duration),
    /// So many bytes.
    Size(ByteSize),
}

impl Default for Queue {
    /// 300 ms: the queue of the measurements in `DESIGN.md`, enough for video bursts, short of bufferbloat.
    fn default() -> Self {
        Self::Time(Duration::from_millis(300))
    }
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
