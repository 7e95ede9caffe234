//! What can be wrong with a link, apart from being slow and far.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::config::millis;
use crate::units::{ByteSize, Ratio};

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

/// Loss in bursts: the Gilbert-Elliott model. The link is good or bad, and may change before each packet.
///
/// E. N. Gilbert, "Capacity of a burst-noise channel", 1960; E. O. Elliott, "Estimates of error rates for codes on
/// burst-noise channels", 1963. Names of the parameters as in `tc-netem(8)`, `loss gemodel`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BurstLoss {
    /// Probability, packet by packet, that a good link turns bad.
    pub p: Ratio,
    /// Probability, packet by packet, that a bad link turns good. Bad times last `1 / r` packets in the mean.
    pub r: Ratio,
    /// Share of packets lost while the link is good.
    pub loss_good: Ratio,
    /// Share of packets lost while the link is bad.
    pub loss_bad: Ratio,
}

impl BurstLoss {
    /// The share of packets lost in the long run: `p / (p + r)` of them meet a bad link.
    pub fn mean_loss(&self) -> Ratio {
        let (p, r) = (self.p.get(), self.r.get());
        let bad = if p + r == 0.0 { 0.0 } else { p / (p + r) };
        Ratio::new(bad * self.loss_bad.get() + (1.0 - bad) * self.loss_good.get()).unwrap_or_default()
    }

    /// Bad times in packets, in the mean: `1 / r`. Infinite when the link never turns good.
    pub fn mean_burst_packets(&self) -> f64 {
        1.0 / self.r.get()
    }
}

/// Packets that come late, so that those behind overtake them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reordering {
    /// Share of packets held back, each on its own.
    pub ratio: Ratio,
    /// How much later they come, in milliseconds in files. They are overtaken by what was sent within that time.
    #[serde(with = "millis")]
    pub by: Duration,
}

/// A time at which nothing passes: what enters the link then is dropped. What is inside goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outage {
    /// When it begins, from the moment the network was applied; milliseconds in files.
    #[serde(with = "millis")]
    pub at: Duration,
    /// How long it lasts; milliseconds in files.
    #[serde(rename = "for", with = "millis")]
    pub duration: Duration,
}

impl Outage {
    pub(super) fn covers(&self, elapsed: Duration) -> bool {
        elapsed.checked_sub(self.at).is_some_and(|since| since < self.duration)
    }
}

/// Outages at regular times: the first begins after `every`, the second after twice that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blips {
    /// From the beginning of one to that of the next; milliseconds in files.
    #[serde(with = "millis")]
    pub every: Duration,
    /// How long each lasts; milliseconds in files.
    #[serde(rename = "for", with = "millis")]
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
    fn outages_cover_their_time_and_no_more() {
        let outage = Outage { at: ms(100), duration: ms(50) };
        assert_eq!([99, 100, 149, 150].map(|at| outage.covers(ms(at))), [false, true, true, false]);
        let blips = Blips { every: ms(100), duration: ms(10) };
        assert_eq!([0, 5, 100, 109, 110, 205].map(|at| blips.cover(ms(at))), [false, false, true, true, false, true]);
    }

    #[test]
    fn the_mean_of_a_burst_model_follows_from_its_parameters() {
        let share = |share| Ratio::new(share).expect("a share");
        let burst = BurstLoss { p: share(0.0125), r: share(0.25), loss_good: Ratio::ZERO, loss_bad: share(1.0) };
        assert!((burst.mean_loss().get() - 0.047_619).abs() < 1e-6);
        assert!((burst.mean_burst_packets() - 4.0).abs() < 1e-9);
        let still = BurstLoss { p: Ratio::ZERO, r: Ratio::ZERO, loss_good: share(0.5), loss_bad: share(1.0) };
        assert_eq!(still.mean_loss(), share(0.5));
    }
}
