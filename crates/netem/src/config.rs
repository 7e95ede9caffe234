//! The configuration of an emulated network.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Blips, BurstLoss, Outage, Queue, Reordering, Trace, millis};
use crate::units::{Bitrate, Ratio};

/// The network of one case. Each direction is configured on its own, as seen from the browser.
///
/// ```
/// use std::time::Duration;
/// use precall_netem::{LinkConfig, NetworkConfig, NetworkStep};
///
/// let wifi = LinkConfig { delay: Duration::from_millis(10), ..LinkConfig::default() };
/// let congested = LinkConfig { rate: Some("300 kbit/s".parse()?), ..wifi.clone() };
/// let network = NetworkConfig {
///     up: wifi.clone(),
///     down: wifi.clone(),
///     // After 10 s the uplink is congested.
///     steps: vec![NetworkStep { at: Duration::from_secs(10), up: congested, down: wifi }],
///     ..NetworkConfig::default()
/// };
/// assert_eq!(network.parts().count(), 2);
/// # Ok::<(), precall_netem::units::UnitError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NetworkConfig {
    /// The link from the browser to the platform.
    pub up: LinkConfig,
    /// The link from the platform to the browser.
    pub down: LinkConfig,
    /// Changes during the case, in chronological order. Empty if the network stays the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<NetworkStep>,
    /// The emulation that applies the network. Its name in files is `apply`.
    #[serde(default, skip_serializing_if = "Backend::is_link", rename = "apply")]
    pub backend: Backend,
}

/// The emulation that applies a network to packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Backend {
    /// precall's own links, between the browser and the platform.
    #[default]
    Link,
    /// Chrome's emulation, by the DevTools Protocol. It supports rate, queue, delay and loss, and uses one delay and
    /// one loss for both directions.
    #[serde(rename = "cdp")]
    DevTools,
}

impl Backend {
    fn is_link(&self) -> bool {
        *self == Self::Link
    }
}

impl NetworkConfig {
    /// Returns the network without limits of its rate. Steps and traces stay as they are.
    #[must_use]
    pub fn without_rate(mut self) -> Self {
        (self.up.rate, self.down.rate) = (None, None);
        self
    }

    /// Returns the network without random loss. Bursts and steps stay as they are.
    #[must_use]
    pub fn without_loss(mut self) -> Self {
        (self.up.loss, self.down.loss) = (None, None);
        self
    }

    /// Returns whether all packets pass in both directions without delay or loss.
    pub fn is_unimpaired(&self) -> bool {
        (self.up == LinkConfig::default()) && (self.down == LinkConfig::default()) && self.steps.is_empty()
    }

    /// Returns the network that precall's links have to apply: an unimpaired one if Chrome applies it.
    pub fn for_links(&self) -> Self {
        match self.backend {
            Backend::Link => self.clone(),
            Backend::DevTools => Self::default(),
        }
    }

    /// Returns the start time and the links (up, down) of each phase: the initial one, and one for each step.
    pub fn parts(&self) -> impl Iterator<Item = (Duration, &LinkConfig, &LinkConfig)> {
        let first = (Duration::ZERO, &self.up, &self.down);
        std::iter::once(first).chain(self.steps.iter().map(|step| (step.at, &step.up, &step.down)))
    }
}

/// A change of a network during a case. It has complete links, not differences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct NetworkStep {
    /// Time since the network was applied; milliseconds in files.
    #[serde(with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub at: Duration,
    /// The link from the browser to the platform, from `at` on.
    pub up: LinkConfig,
    /// The link from the platform to the browser, from `at` on.
    pub down: LinkConfig,
}

/// One direction of a network. The default passes every packet without delay.
///
/// ```
/// use std::time::Duration;
/// use precall_netem::{LinkConfig, Queue};
///
/// // A congested mobile uplink: 500 kbit/s, a queue of 200 ms, 60 ± 15 ms one way, 1 % loss.
/// let uplink = LinkConfig {
///     rate: Some("500 kbit/s".parse()?),
///     queue: Queue::Time(Duration::from_millis(200)),
///     delay: Duration::from_millis(60),
///     jitter: Duration::from_millis(15),
///     loss: Some("1 %".parse()?),
///     ..LinkConfig::default()
/// };
/// assert!(!uplink.is_out(Duration::ZERO));
/// # Ok::<(), precall_netem::units::UnitError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct LinkConfig {
    /// Rate at which packets leave the queue, in bits per second of UDP payload, without IP and UDP headers. `None` is
    /// unlimited. At 400 kbit/s a packet of 1000 bytes takes 20 ms.
    pub rate: Option<Bitrate>,
    /// Recorded rate over time. Replaces `rate` if present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
    /// Capacity of the queue in front of a limited rate. A packet that does not fit is dropped (tail drop). Has no
    /// effect if the rate is unlimited. The default is 300 ms.
    pub queue: Queue,
    /// One-way propagation delay, 0 or more; milliseconds in files.
    #[serde(with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub delay: Duration,
    /// Largest deviation from `delay`; milliseconds in files. Each packet's deviation is uniformly distributed from
    /// `-jitter` to `+jitter`. The resulting delay is never negative.
    #[serde(with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub jitter: Duration,
    /// Correlation of consecutive jitter values (their lag-1 autocorrelation), from 0 (independent) to 1 (constant). It
    /// does not change their distribution. 0.25, for example, makes the delays of neighbouring packets somewhat
    /// similar.
    #[serde(skip_serializing_if = "is_zero")]
    pub jitter_correlation: Ratio,
    /// Whether jitter may reorder packets. If not, a packet waits for those before it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub jitter_reorders: bool,
    /// Probability from 0 to 1 that a packet is dropped, independently of all others. `None` drops none.
    pub loss: Option<Ratio>,
    /// Burst loss (Gilbert-Elliott), in addition to `loss`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<BurstLoss>,
    /// Packets that arrive late and out of order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reorder: Option<Reordering>,
    /// Probability from 0 to 1 that a packet is duplicated. `None` duplicates none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<Ratio>,
    /// Times in which every packet is dropped. They may overlap.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outages: Vec<Outage>,
    /// Short outages that repeat at a fixed interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blips: Option<Blips>,
}

impl LinkConfig {
    /// Returns the rate, or the mean rate of a trace; `None` if it is unlimited.
    pub fn nominal_rate(&self) -> Option<Bitrate> {
        self.trace.as_ref().map(Trace::mean_rate).or(self.rate)
    }

    /// Returns whether there is an outage at `elapsed`, the time since the network was applied.
    pub fn is_out(&self, elapsed: Duration) -> bool {
        self.outages.iter().any(|outage| outage.covers(elapsed)) || self.blips.is_some_and(|blips| blips.cover(elapsed))
    }
}

fn is_zero(ratio: &Ratio) -> bool {
    *ratio == Ratio::ZERO
}

/// A direction of a network, as seen from the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// The uplink, from the browser to the platform.
    Up,
    /// The downlink, from the platform to the browser.
    Down,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Action, Fault, Service};

    /// Results of earlier versions have these names, and other programs read them.
    #[test]
    fn serialized_names_are_stable() {
        let network = NetworkConfig { backend: Backend::DevTools, ..NetworkConfig::default() };
        let value = serde_json::to_value(&network).expect("JSON");
        assert_eq!(value["apply"], "cdp");
        assert_eq!(serde_json::from_value::<NetworkConfig>(value).expect("a network"), network);
        let fault = Fault { service: Service::PublisherMedia, action: Action::Block, at: None };
        assert_eq!(
            serde_json::to_value(fault).expect("JSON"),
            serde_json::json!({ "leg": "publisherMedia", "action": "block", "at": null })
        );
    }
}
