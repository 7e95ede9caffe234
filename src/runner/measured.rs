//! The network that a case really had, from the links' counters over time. Pure.

use crate::event::{MeasuredLink, MeasuredNetwork};
use crate::network::{LinkCounters, PathCounters};
use crate::units::Bitrate;

/// The links' counters over time: seconds since the network was applied, and what they had done by then.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline {
    snapshots: Vec<(f64, PathCounters)>,
    /// When the quality test began.
    pub quality_began: Option<f64>,
    round_trip_times: Vec<f64>,
}

impl Timeline {
    /// Adds what the links had done by now.
    pub fn push(&mut self, seconds: f64, counters: PathCounters) {
        self.snapshots.push((seconds, counters));
    }

    /// Adds a round-trip time, in seconds, if the report holds one: `currentRoundTripTime` of a candidate pair.
    pub fn push_round_trip_time(&mut self, report: &serde_json::Value) {
        let stats = report.get("stats").and_then(|stats| stats.as_array()).into_iter().flatten();
        let pairs = stats.filter(|entry| entry.get("type").and_then(|kind| kind.as_str()) == Some("candidate-pair"));
        self.round_trip_times.extend(pairs.filter_map(|pair| pair.get("currentRoundTripTime")?.as_f64()));
    }

    /// What the links did in all.
    pub fn total(&self) -> PathCounters {
        self.snapshots.last().map(|(_, counters)| *counters).unwrap_or_default()
    }

    /// The network that there was.
    pub fn measured(&self) -> MeasuredNetwork {
        MeasuredNetwork {
            up: self.link(|counters| counters.up),
            down: self.link(|counters| counters.down),
            round_trip_time: median(&self.round_trip_times),
        }
    }

    fn link(&self, direction: impl Fn(&PathCounters) -> LinkCounters) -> MeasuredLink {
        let total = direction(&self.total());
        if total.packets_in == 0 {
            return MeasuredLink::default();
        }
        let rate = |from: &(f64, PathCounters), to: &(f64, PathCounters)| {
            let bytes = direction(&to.1).bytes_out.saturating_sub(direction(&from.1).bytes_out);
            bytes as f64 * 8.0 / (to.0 - from.0)
        };
        // A second that was cut short would look busier than it was.
        let whole_seconds = self.snapshots.windows(2).filter(|pair| pair[1].0 - pair[0].0 > 0.9);
        let peak = whole_seconds.map(|pair| rate(&pair[0], &pair[1])).reduce(f64::max);
        let began = self.quality_began.and_then(|began| self.snapshots.iter().find(|(at, _)| *at >= began));
        let mean = began.zip(self.snapshots.last()).filter(|(from, to)| to.0 - from.0 >= 1.0);
        MeasuredLink {
            peak_rate: peak.map(bitrate),
            mean_rate: mean.map(|(from, to)| bitrate(rate(from, to))),
            mean_delay_ms: total.delay_mean().map(|delay| delay.as_secs_f64() * 1e3),
            loss_ratio: Some(total.loss_ratio()),
        }
    }
}

fn bitrate(bits_per_second: f64) -> Bitrate {
    Bitrate::from_bits_per_second(bits_per_second.round() as u64)
}

/// The middle one; of an even number, the lower of the two in the middle.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(bytes_out: u64, packets: u64, dropped: u64) -> PathCounters {
        let up = LinkCounters {
            packets_in: packets,
            packets_out: packets - dropped,
            packets_dropped_loss: dropped,
            bytes_out,
            ..LinkCounters::default()
        };
        PathCounters { up, down: LinkCounters::default() }
    }

    #[test]
    fn rates_come_from_whole_seconds_and_means_from_the_quality_test() {
        let mut timeline = Timeline { quality_began: Some(1.5), ..Timeline::default() };
        for (seconds, bytes) in [(0.0, 0), (1.0, 100_000), (2.0, 125_000), (3.0, 175_000), (3.1, 187_500)] {
            timeline.push(seconds, counters(bytes, 100, 2));
        }
        let up = timeline.measured().up;
        assert_eq!(up.peak_rate, Some(Bitrate::from_bits_per_second(800_000)));
        assert_eq!(up.mean_rate, Some(Bitrate::from_bits_per_second(454_545)));
        assert_eq!(up.loss_ratio.map(|loss| loss.get()), Some(0.02));
        assert_eq!(timeline.measured().down, MeasuredLink::default());
    }

    #[test]
    fn the_round_trip_time_is_the_median_of_the_candidate_pairs() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.measured().round_trip_time, None);
        for round_trip_time in [0.3, 0.1, 0.2] {
            timeline.push_round_trip_time(&serde_json::json!({ "stats": [
                { "type": "candidate-pair", "currentRoundTripTime": round_trip_time },
                { "type": "inbound-rtp" },
            ]}));
        }
        timeline.push_round_trip_time(&serde_json::json!({ "stats": "nonsense" }));
        assert_eq!(timeline.measured().round_trip_time, Some(0.2));
    }
}
