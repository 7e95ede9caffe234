//! The network that a case really had, from the links' counters over time. Pure.

use std::collections::HashMap;

use serde_json::Value;

use super::media_watch::MediaWatch;
use precall_judge::verdict::{NetworkEvidence, PageTraffic};
use precall_netem::units::Bitrate;
use precall_netem::{LinkCounters, PathCounters};
use precall_results::{MeasuredLink, MeasuredNetwork};

/// The most streams that are counted of a page: a network test has ten.
const MAX_STREAMS: usize = 1_000;

/// The links' counters over time: seconds since the network was applied, and what they had done by then.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline {
    /// What the links and the page have noted.
    pub evidence: NetworkEvidence,
    /// When the quality test began.
    pub quality_began: Option<f64>,
    /// How media travelled.
    pub media: MediaWatch,
    /// What each stream of each peer connection has sent or received.
    streams: HashMap<(u64, String), PageTraffic>,
}

impl Timeline {
    /// Adds what the links had done by now.
    pub fn push(&mut self, seconds: f64, counters: PathCounters) {
        self.evidence.snapshots.push((seconds, counters));
    }

    /// Adds what a report of the page's W3C statistics says of the network: `currentRoundTripTime` of candidate pairs,
    /// how many packets its streams have sent and received, and by which route.
    pub fn push_report(&mut self, report: &Value) {
        self.media.push(report);
        let connection = report["peerConnection"].as_u64().unwrap_or_default();
        for entry in report["stats"].as_array().into_iter().flatten() {
            let number = |key: &str| entry[key].as_u64().unwrap_or_default();
            let traffic = match entry["type"].as_str() {
                Some("candidate-pair") => {
                    self.evidence.round_trip_times.extend(entry["currentRoundTripTime"].as_f64());
                    continue;
                }
                Some("outbound-rtp") => PageTraffic { packets_sent: number("packetsSent"), ..PageTraffic::default() },
                Some("inbound-rtp") => PageTraffic {
                    packets_sent: 0,
                    packets_received: number("packetsReceived"),
                    packets_lost: number("packetsLost"),
                },
                _ => continue,
            };
            if self.streams.len() >= MAX_STREAMS {
                continue;
            }
            let stream = (connection, entry["id"].as_str().unwrap_or_default().to_owned());
            let before = self.streams.insert(stream, traffic).unwrap_or_default();
            let page = &mut self.evidence.page;
            for (sum, now, before) in [
                (&mut page.packets_sent, traffic.packets_sent, before.packets_sent),
                (&mut page.packets_received, traffic.packets_received, before.packets_received),
                (&mut page.packets_lost, traffic.packets_lost, before.packets_lost),
            ] {
                *sum = sum.saturating_sub(before).saturating_add(now);
            }
        }
    }

    /// What the links did in all.
    pub fn total(&self) -> PathCounters {
        self.evidence.snapshots.last().map(|(_, counters)| *counters).unwrap_or_default()
    }

    /// The network that there was.
    pub fn measured(&self) -> MeasuredNetwork {
        MeasuredNetwork {
            up: self.link(|counters| counters.up),
            down: self.link(|counters| counters.down),
            round_trip_time: self.evidence.round_trip_time(),
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
        let whole_seconds = self.evidence.snapshots.windows(2).filter(|pair| pair[1].0 - pair[0].0 > 0.9);
        let peak = whole_seconds.map(|pair| rate(&pair[0], &pair[1])).reduce(f64::max);
        let began = self.quality_began.and_then(|began| self.evidence.snapshots.iter().find(|(at, _)| *at >= began));
        let mean = began.zip(self.evidence.snapshots.last()).filter(|(from, to)| to.0 - from.0 >= 1.0);
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
            timeline.push_report(&serde_json::json!({ "stats": [
                { "type": "candidate-pair", "currentRoundTripTime": round_trip_time },
                { "type": "inbound-rtp" },
            ]}));
        }
        timeline.push_report(&serde_json::json!({ "stats": "nonsense" }));
        assert_eq!(timeline.measured().round_trip_time, Some(0.2));
    }

    #[test]
    fn packets_are_counted_over_all_streams_by_their_latest_report() {
        let mut timeline = Timeline::default();
        for (connection, sent, received) in [(0, 10, 0), (0, 30, 0), (1, 5, 28)] {
            timeline.push_report(&serde_json::json!({ "peerConnection": connection, "stats": [
                { "type": "outbound-rtp", "id": "OT01V", "packetsSent": sent },
                { "type": "inbound-rtp", "id": "IT01V", "packetsReceived": received },
            ]}));
        }
        assert_eq!(timeline.evidence.page, PageTraffic { packets_sent: 35, packets_received: 28, packets_lost: 0 });
    }
}
