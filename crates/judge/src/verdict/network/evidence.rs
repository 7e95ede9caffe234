//! Evidence on the network that a case had.

use crate::statistics::lower_median;
use precall_netem::LinkReading;

/// The counters of the links and of the page.
#[derive(Debug, Clone, Default)]
pub struct NetworkEvidence {
    /// Readings of the links' counters, oldest first.
    pub readings: Vec<LinkReading>,
    /// Each `currentRoundTripTime` of a candidate pair, in seconds.
    pub round_trip_times: Vec<f64>,
    /// RTP packets that the page sent and received, over all its peer connections.
    pub page: PageTraffic,
    /// Whether media went over a stream (TCP or TLS), which loses nothing and waits in outages.
    pub is_stream: bool,
}

impl NetworkEvidence {
    /// Returns the median round-trip time, in seconds. It is one that the browser measured: of an even number, the
    /// lower of the two in the middle.
    pub fn round_trip_time(&self) -> Option<f64> {
        lower_median(&self.round_trip_times)
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
