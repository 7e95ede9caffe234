//! The impairments of a link besides its rate and its delay.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::millis;
use crate::units::{ByteSize, Ratio};

/// The capacity of a link's queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Queue {
    /// The bytes that the link's rate carries in this time; milliseconds in files.
    #[serde(with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    Time(Duration),
    /// A fixed number of bytes.
    Size(ByteSize),
}

impl Default for Queue {
    /// Returns 300 ms, the queue of the measurements in the documentation: enough for bursts of video, and short of
    /// bufferbloat.
    fn default() -> Self {
        Self::Time(Duration::from_millis(300))
    }
}

/// Burst loss by the Gilbert-Elliott model. The link is in a good or a bad state, and may change its state before each
/// packet.
///
/// ```
/// use precall_netem::{BurstLoss, units::Ratio};
///
/// // Bursts of 4 packets on average, and 4.8 % loss over all.
/// let burst = BurstLoss { p: "1.25 %".parse()?, r: "25 %".parse()?, loss_good: Ratio::ZERO, loss_bad: "100 %".parse()? };
/// assert_eq!(burst.mean_burst_packets(), 4.0);
/// assert!((burst.mean_loss().get() - 0.048).abs() < 0.001);
/// # Ok::<(), precall_netem::units::UnitError>(())
/// ```
///
/// E. N. Gilbert, "Capacity of a burst-noise channel", 1960; E. O. Elliott, "Estimates of error rates for codes on
/// burst-noise channels", 1963. The parameters have the names of `tc-netem(8)`, `loss gemodel`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BurstLoss {
    /// Probability per packet, from 0 to 1, that the state changes from good to bad.
    pub p: Ratio,
    /// Probability per packet, from 0 to 1, that the state changes from bad to good. A bad state lasts `1 / r` packets
    /// on average.
    pub r: Ratio,
    /// Probability from 0 to 1 that a packet is lost in the good state.
    pub loss_good: Ratio,
    /// Probability from 0 to 1 that a packet is lost in the bad state.
    pub loss_bad: Ratio,
}

impl BurstLoss {
    /// Returns the mean loss: a share of `p / (p + r)` of the packets meets the bad state.
    pub fn mean_loss(&self) -> Ratio {
        let (p, r) = (self.p.get(), self.r.get());
        let bad = if p + r == 0.0 { 0.0 } else { p / (p + r) };
        Ratio::new(bad * self.loss_bad.get() + (1.0 - bad) * self.loss_good.get()).unwrap_or_default()
    }

    /// Returns the mean length of a bad state in packets, `1 / r`. It is infinite if the link never returns to the good
    /// state.
    pub fn mean_burst_packets(&self) -> f64 {
        1.0 / self.r.get()
    }
}

/// Packets that are held back, so that later packets overtake them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Reordering {
    /// Probability from 0 to 1 that a packet is held back, independently of all others.
    pub ratio: Ratio,
    /// Additional delay of these packets; milliseconds in files. The packets sent within that time overtake them.
    #[serde(with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub by: Duration,
}

/// A time in which every packet that enters the link is dropped. Packets in flight still arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// Time since the network was applied; milliseconds in files.
    #[serde(with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub at: Duration,
    /// Duration of the outage; milliseconds in files.
    #[serde(rename = "for", with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub duration: Duration,
}

impl Outage {
    pub(super) fn covers(&self, elapsed: Duration) -> bool {
        elapsed.checked_sub(self.at).is_some_and(|since| since < self.duration)
    }
}

/// Outages at a fixed interval. The first begins at `every`, the second at twice `every`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Blips {
    /// Time from the beginning of one outage to the beginning of the next; milliseconds in files.
    #[serde(with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub every: Duration,
    /// Duration of each outage, shorter than `every`; milliseconds in files.
    #[serde(rename = "for", with = "millis")]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub duration: Duration,
}

impl Blips {
    pub(super) fn cover(&self, elapsed: Duration) -> bool {
        let every = self.every.as_nanos();
        every > 0 && elapsed >= self.every && elapsed.as_nanos() % every < self.duration.as_nanos()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn outages_cover_exactly_their_duration() {
        let outage = Outage { at: ms(100), duration: ms(50) };
        assert_eq!([99, 100, 149, 150].map(|at| outage.covers(ms(at))), [false, true, true, false]);
        let blips = Blips { every: ms(100), duration: ms(10) };
        assert_eq!([0, 5, 100, 109, 110, 205].map(|at| blips.cover(ms(at))), [false, false, true, true, false, true]);
    }

    #[test]
    fn burst_loss_has_expected_mean() {
        let share = |share| Ratio::new(share).expect("a share");
        let burst = BurstLoss { p: share(0.0125), r: share(0.25), loss_good: Ratio::ZERO, loss_bad: share(1.0) };
        assert!((burst.mean_loss().get() - 0.047_619).abs() < 1e-6);
        assert!((burst.mean_burst_packets() - 4.0).abs() < 1e-9);
        let still = BurstLoss { p: Ratio::ZERO, r: Ratio::ZERO, loss_good: share(0.5), loss_bad: share(1.0) };
        assert_eq!(still.mean_loss(), share(0.5));
    }
}
