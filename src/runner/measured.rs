//! The network that a case really had, from readings of the links' counters and from the page's statistics. Pure.

use std::collections::HashMap;
use std::time::Duration;

use super::media_watch::MediaWatch;
use precall_judge::verdict::{NetworkEvidence, PageTraffic};
use precall_netem::units::Bitrate;
use precall_netem::{Direction, LinkWindow, PathCounters};
use precall_results::webrtc_stats::StatsReport;
use precall_results::{MeasuredLink, MeasuredNetwork};

/// The largest number of a page's streams that are counted. A network test has ten.
const MAX_STREAMS: usize = 1_000;

/// Everything that was counted of a case's network while it ran.
#[derive(Debug, Clone, Default)]
pub(super) struct Timeline {
    /// The readings of the links' counters, and what the page counted.
    pub evidence: NetworkEvidence,
    /// The time at which the quality test began, in seconds since the network was applied; absent before it begins.
    pub quality_began: Option<f64>,
    /// The route of media.
    pub media: MediaWatch,
    /// The latest counters of each stream, by its peer connection and its id.
    streams: HashMap<(u64, String), PageTraffic>,
}

impl Timeline {
    /// Returns an empty timeline whose means are over the whole time since the network was applied.
    pub fn from_the_beginning() -> Self {
        Self { quality_began: Some(0.0), ..Self::default() }
    }

    /// Adds a reading of the links' counters.
    pub fn push(&mut self, seconds: f64, counters: PathCounters) {
        self.evidence.readings.push((seconds, counters));
    }

    /// Adds a report of the page's W3C statistics: the round-trip times of candidate pairs, the packets that each
    /// stream has sent or received, and the route of media.
    pub fn push_report(&mut self, report: &StatsReport) {
        self.media.push(report);
        let round_trip_times = report.candidate_pairs().filter_map(|pair| pair.current_round_trip_time);
        self.evidence.round_trip_times.extend(round_trip_times);
        for stream in report.outbound_rtp() {
            let packets_sent = stream.packets_sent.unwrap_or_default();
            self.count(report.peer_connection, &stream.id, PageTraffic { packets_sent, ..PageTraffic::default() });
        }
        for stream in report.inbound_rtp() {
            let traffic = PageTraffic {
                packets_sent: 0,
                packets_received: stream.packets_received.unwrap_or_default(),
                // Duplicates can make the loss negative.
                packets_lost: stream.packets_lost.unwrap_or_default().try_into().unwrap_or_default(),
            };
            self.count(report.peer_connection, &stream.id, traffic);
        }
    }

    /// Replaces the counters of a stream by its latest.
    fn count(&mut self, connection: u64, stream: &str, traffic: PageTraffic) {
        if self.streams.len() >= MAX_STREAMS {
            return;
        }
        let before = self.streams.insert((connection, stream.to_owned()), traffic).unwrap_or_default();
        let page = &mut self.evidence.page;
        for (sum, now, before) in [
            (&mut page.packets_sent, traffic.packets_sent, before.packets_sent),
            (&mut page.packets_received, traffic.packets_received, before.packets_received),
            (&mut page.packets_lost, traffic.packets_lost, before.packets_lost),
        ] {
            *sum = sum.saturating_sub(before).saturating_add(now);
        }
    }

    /// Returns the latest reading: what the links did in all.
    pub fn total(&self) -> PathCounters {
        self.evidence.readings.last().map(|(_, counters)| *counters).unwrap_or_default()
    }

    /// Returns the measured network.
    pub fn measured(&self) -> MeasuredNetwork {
        MeasuredNetwork {
            up: self.link(Direction::Up),
            down: self.link(Direction::Down),
            // The page's figures may be anything: what is no duration was not measured.
            round_trip_time: self.evidence.round_trip_time().and_then(|time| Duration::try_from_secs_f64(time).ok()),
        }
    }

    fn link(&self, direction: Direction) -> MeasuredLink {
        let total = *self.total().link(direction);
        if total.packets_in == 0 {
            return MeasuredLink::default();
        }
        let readings = &self.evidence.readings;
        let windows = readings.windows(2).filter_map(|pair| LinkWindow::between(&pair[0], &pair[1]));
        // A second that was cut short would look busier than it was.
        let whole_seconds = windows.filter(|window| window.seconds > 0.9);
        let peak = whole_seconds.map(|window| window.bitrate(direction)).reduce(f64::max);
        let began = self.quality_began.and_then(|began| readings.iter().find(|(at, _)| *at >= began));
        let quality_test = began.zip(readings.last()).and_then(|(from, to)| LinkWindow::between(from, to));
        let mean = quality_test.filter(|window| window.seconds >= 1.0).map(|window| window.bitrate(direction));
        MeasuredLink {
            peak_rate: peak.map(bitrate),
            mean_rate: mean.map(bitrate),
            mean_delay: total.delay_mean(),
            loss_ratio: Some(total.loss_ratio()),
        }
    }
}

fn bitrate(bits_per_second: f64) -> Bitrate {
    Bitrate::from_bits_per_second(bits_per_second.round() as u64)
}

#[cfg(test)]
mod tests {
    use precall_netem::LinkCounters;

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
    fn peak_is_of_whole_seconds_and_mean_of_the_quality_test() {
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
    fn round_trip_time_is_the_median_of_candidate_pairs() {
        let mut timeline = Timeline::default();
        assert_eq!(timeline.measured().round_trip_time, None);
        for round_trip_time in [0.3, 0.1, 0.2] {
            timeline.push_report(&StatsReport::read(&serde_json::json!({ "stats": [
                { "type": "candidate-pair", "currentRoundTripTime": round_trip_time },
                { "type": "inbound-rtp" },
            ]})));
        }
        timeline.push_report(&StatsReport::read(&serde_json::json!({ "stats": "nonsense" })));
        assert_eq!(timeline.measured().round_trip_time, Some(Duration::from_millis(200)));
    }

    #[test]
    fn packets_of_all_streams_are_added() {
        let mut timeline = Timeline::default();
        for (connection, sent, received) in [(0, 10, 0), (0, 30, 0), (1, 5, 28)] {
            timeline.push_report(&StatsReport::read(&serde_json::json!({ "peerConnection": connection, "stats": [
                { "type": "outbound-rtp", "id": "OT01V", "packetsSent": sent },
                { "type": "inbound-rtp", "id": "IT01V", "packetsReceived": received },
            ]})));
        }
        assert_eq!(timeline.evidence.page, PageTraffic { packets_sent: 35, packets_received: 28, packets_lost: 0 });
    }
}
