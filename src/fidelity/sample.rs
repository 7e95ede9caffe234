//! The measurements of a run in one second.

use serde::{Deserialize, Serialize};

use crate::page::PeersSample;
use precall_netem::LinkCounters;
use precall_results::webrtc_stats::{MediaKind, StatsEntry};

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
        let video = |kind: Option<MediaKind>| kind == Some(MediaKind::Video);
        let pair = report.sender.iter().find_map(StatsEntry::as_candidate_pair);
        let receiver_pair = report.receiver.iter().find_map(StatsEntry::as_candidate_pair);
        let sent = report.sender.iter().filter_map(StatsEntry::as_outbound_rtp).find(|stream| video(stream.kind));
        let received = report.receiver.iter().filter_map(StatsEntry::as_inbound_rtp).find(|stream| video(stream.kind));
        let count = |count: u64| count as f64;
        Self {
            seconds: report.seconds,
            available_outgoing_bitrate: pair.and_then(|pair| pair.available_outgoing_bitrate),
            sender_round_trip_time: pair.and_then(|pair| pair.current_round_trip_time),
            receiver_round_trip_time: receiver_pair.and_then(|pair| pair.current_round_trip_time),
            bytes_sent: sent.and_then(|stream| stream.bytes_sent).map(count),
            retransmitted_bytes_sent: sent.and_then(|stream| stream.retransmitted_bytes_sent).map(count),
            target_bitrate: sent.and_then(|stream| stream.target_bitrate),
            bytes_received: received.and_then(|stream| stream.bytes_received).map(count),
            packets_received: received.and_then(|stream| stream.packets_received).map(count),
            packets_lost: received.and_then(|stream| stream.packets_lost).map(|lost| lost as f64),
            fec_packets_received: received.and_then(|stream| stream.fec_packets_received).map(count),
            frames_decoded: received.and_then(|stream| stream.frames_decoded).map(count),
            freeze_count: received.and_then(|stream| stream.freeze_count).map(count),
            total_freezes_duration: received.and_then(|stream| stream.total_freezes_duration),
            frames_per_second: received.and_then(|stream| stream.frames_per_second),
            frame_height: received.and_then(|stream| stream.frame_height).map(count),
            link,
        }
    }
}

#[cfg(test)]
mod tests {
    use precall_results::webrtc_stats::StatsReport;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn video_and_audio_are_separate_and_missing_values_absent() {
        let entries = |stats: &Value| StatsReport::read(&json!({ "stats": stats })).entries;
        let report = PeersSample {
            seconds: 3.0,
            lag: 0.0,
            sender: entries(&json!([
                { "type": "outbound-rtp", "kind": "audio", "bytesSent": 1 },
                { "type": "outbound-rtp", "kind": "video", "bytesSent": 2 },
                { "type": "candidate-pair", "availableOutgoingBitrate": 300e3 },
            ])),
            receiver: entries(
                &json!([{ "type": "inbound-rtp", "kind": "video", "packetsLost": 0, "frameHeight": 480 }]),
            ),
        };
        let sample = PeerSample::new(&report, LinkCounters::default());
        assert_eq!((sample.bytes_sent, sample.available_outgoing_bitrate), (Some(2.0), Some(300e3)));
        assert_eq!((sample.packets_lost, sample.frame_height), (Some(0.0), Some(480.0)));
        assert_eq!((sample.sender_round_trip_time, sample.bytes_received), (None, None));
    }
}
