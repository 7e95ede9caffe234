//! What is known of the network that a case had.

use precall_netem::PathCounters;

/// What the links and the page have noted.
#[derive(Debug, Clone, Default)]
pub struct NetworkEvidence {
    /// What the links had done by then: seconds since the network was applied, and their counters; oldest first.
    pub snapshots: Vec<(f64, PathCounters)>,
    /// Each `currentRoundTripTime` of a nominated candidate pair, in seconds.
    pub round_trip_times: Vec<f64>,
    /// What the page says that it sent and received, over all its peer connections.
    pub page: PageTraffic,
    /// Whether media went over a stream: that loses nothing and waits in outages.
    pub is_stream: bool,
}

impl NetworkEvidence {
    /// The median round-trip time, in seconds; of an even number, the lower of the two in the middle.
    pub fn round_trip_time(&self) -> Option<f64> {
        let mut sorted = self.round_trip_times.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len().checked_sub(1)? / 2).copied()
    }
}

/// RTP packets as the page counts them (W3C webrtc-stats).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageTraffic {
    /// `packetsSent` of all outbound streams.
    pub packets_sent: u64,
    /// `packetsReceived` of all inbound streams.
    pub packets_received: u64,
    /// `packetsLost` of all inbound streams.
    pub packets_lost: u64,
}
