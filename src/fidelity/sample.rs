//! The measurements of a run in one second.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::page::PeersSample;
use precall_netem::LinkCounters;

/// The figures of one moment. Names are those of webrtc-stats; counts are since the beginning of the run. Absent is
/// what the browser did not say (yet).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PeerSample {
    /// When, in seconds since the negotiation began.
    pub seconds: f64,
    /// The sender's `availableOutgoingBitrate`, in bit/s.
    pub available_outgoing_bitrate: Option<f64>,
    /// `currentRoundTripTime` of the sender's candidate pair, in seconds.
    pub sender_round_trip_time: Option<f64>,
    /// The round-trip time that the receiver reports, in seconds. Absent before its first report.
    pub receiver_round_trip_time: Option<f64>,
    /// `bytesSent` of the video, repairs included, headers not.
    pub bytes_sent: Option<f64>,
    /// `retransmittedBytesSent` of the video.
    pub retransmitted_bytes_sent: Option<f64>,
    /// `targetBitrate` of the video, in bit/s.
    pub target_bitrate: Option<f64>,
    /// `bytesReceived` of the video, repairs included, headers not.
    pub bytes_received: Option<f64>,
    /// `packetsReceived` of the video.
    pub packets_received: Option<f64>,
    /// `packetsLost` of the video.
    pub packets_lost: Option<f64>,
    /// `fecPacketsReceived` of the video.
    pub fec_packets_received: Option<f64>,
    /// `framesDecoded`.
    pub frames_decoded: Option<f64>,
    /// `freezeCount`.
    pub freeze_count: Option<f64>,
    /// `totalFreezesDuration`, in seconds.
    pub total_freezes_duration: Option<f64>,
    /// `framesPerSecond` at the receiver.
    pub frames_per_second: Option<f64>,
    /// `frameHeight` at the receiver, in pixels.
    pub frame_height: Option<f64>,
    /// The counters of the link that the media passes.
    pub link: LinkCounters,
}

impl PeerSample {
    /// Takes the figures out of the page's statistics.
    pub(super) fn new(report: &PeersSample, link: LinkCounters) -> Self {
        let find = |all: &[Value], kind: &str| {
            all.iter().find(|entry| entry["type"] == kind && (entry["kind"] == "video" || kind == PAIR)).cloned()
        };
        let (pair, outbound) = (find(&report.sender, PAIR), find(&report.sender, "outbound-rtp"));
        let (far_pair, inbound) = (find(&report.receiver, PAIR), find(&report.receiver, "inbound-rtp"));
        let number = |entry: &Option<Value>, name: &str| entry.as_ref()?.get(name)?.as_f64();
        Self {
            seconds: report.seconds,
            available_outgoing_bitrate: number(&pair, "availableOutgoingBitrate"),
            sender_round_trip_time: number(&pair, "currentRoundTripTime"),
            receiver_round_trip_time: number(&far_pair, "currentRoundTripTime"),
            bytes_sent: number(&outbound, "bytesSent"),
            retransmitted_bytes_sent: number(&outbound, "retransmittedBytesSent"),
            target_bitrate: number(&outbound, "targetBitrate"),
            bytes_received: number(&inbound, "bytesReceived"),
            packets_received: number(&inbound, "packetsReceived"),
            packets_lost: number(&inbound, "packetsLost"),
            fec_packets_received: number(&inbound, "fecPacketsReceived"),
            frames_decoded: number(&inbound, "framesDecoded"),
            freeze_count: number(&inbound, "freezeCount"),
            total_freezes_duration: number(&inbound, "totalFreezesDuration"),
            frames_per_second: number(&inbound, "framesPerSecond"),
            frame_height: number(&inbound, "frameHeight"),
            link,
        }
    }
}

/// The type of the statistics of the pair that ICE chose.
const PAIR: &str = "candidate-pair";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn video_and_audio_are_separate_and_missing_values_absent() {
        let report = PeersSample {
            seconds: 3.0,
            lag: 0.0,
            sender: vec![
                json!({ "type": "outbound-rtp", "kind": "audio", "bytesSent": 1 }),
                json!({ "type": "outbound-rtp", "kind": "video", "bytesSent": 2 }),
                json!({ "type": "candidate-pair", "availableOutgoingBitrate": 300e3 }),
            ],
            receiver: vec![json!({ "type": "inbound-rtp", "kind": "video", "packetsLost": 0, "frameHeight": 480 })],
        };
        let sample = PeerSample::new(&report, LinkCounters::default());
        assert_eq!((sample.bytes_sent, sample.available_outgoing_bitrate), (Some(2.0), Some(300e3)));
        assert_eq!((sample.packets_lost, sample.frame_height), (Some(0.0), Some(480.0)));
        assert_eq!((sample.sender_round_trip_time, sample.bytes_received), (None, None));
    }
}
