//! A report of the statistics of one peer connection.

use serde::Deserialize;
use serde_json::Value;

use super::dictionaries::{
    CandidatePairStats, CandidateStats, CodecStats, InboundRtpStats, MediaSourceStats, OutboundRtpStats,
};
use super::entry::StatsEntry;

/// The statistics of one peer connection at one moment (`RTCStatsReport`), as precall's page sends them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StatsReport {
    /// The number of the peer connection in its page, from 0.
    pub peer_connection: u64,
    /// How late the page's timer was, in milliseconds; absent when the page did not report it.
    pub lag: Option<f64>,
    /// The entries of the report.
    pub entries: Vec<StatsEntry>,
}

impl StatsReport {
    /// Reads a report that a page sent. Whatever is not as it should be counts as absent.
    pub fn read(report: &Value) -> Self {
        let entries = report["stats"].as_array().into_iter().flatten();
        Self {
            peer_connection: report["peerConnection"].as_u64().unwrap_or_default(),
            lag: report["lag"].as_f64(),
            entries: entries.filter_map(|entry| StatsEntry::deserialize(entry).ok()).collect(),
        }
    }

    /// Returns the candidate pairs. precall's page sends the nominated one alone.
    pub fn candidate_pairs(&self) -> impl Iterator<Item = &CandidatePairStats> {
        self.entries.iter().filter_map(StatsEntry::as_candidate_pair)
    }

    /// Returns the local and the remote candidates.
    pub fn candidates(&self) -> impl Iterator<Item = &CandidateStats> {
        self.entries.iter().filter_map(|entry| match entry {
            StatsEntry::LocalCandidate(candidate) | StatsEntry::RemoteCandidate(candidate) => Some(candidate),
            _ => None,
        })
    }

    /// Returns the codecs.
    pub fn codecs(&self) -> impl Iterator<Item = &CodecStats> {
        self.entries.iter().filter_map(|entry| match entry {
            StatsEntry::Codec(codec) => Some(codec),
            _ => None,
        })
    }

    /// Returns the tracks that are sent.
    pub fn media_sources(&self) -> impl Iterator<Item = &MediaSourceStats> {
        self.entries.iter().filter_map(|entry| match entry {
            StatsEntry::MediaSource(source) => Some(source),
            _ => None,
        })
    }

    /// Returns the streams that are sent.
    pub fn outbound_rtp(&self) -> impl Iterator<Item = &OutboundRtpStats> {
        self.entries.iter().filter_map(StatsEntry::as_outbound_rtp)
    }

    /// Returns the streams that are received.
    pub fn inbound_rtp(&self) -> impl Iterator<Item = &InboundRtpStats> {
        self.entries.iter().filter_map(StatsEntry::as_inbound_rtp)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::MediaKind;
    use super::*;
    use crate::{CandidateType, MediaTransport};

    #[test]
    fn entries_are_read_by_their_type() {
        let report = StatsReport::read(&json!({ "peerConnection": 2, "lag": 1.5, "stats": [
            { "nominated": true, "currentRoundTripTime": 0.04, "localCandidateId": "L", "type": "candidate-pair" },
            { "type": "local-candidate", "id": "L", "candidateType": "relay", "relayProtocol": "tls", "protocol": "udp" },
            { "type": "codec", "id": "C", "mimeType": "video/VP8" },
            { "type": "media-source", "kind": "video", "framesPerSecond": 30 },
            { "type": "outbound-rtp", "id": "O", "kind": "video", "packetsSent": 7, "active": false },
            { "type": "inbound-rtp", "id": "I", "kind": "audio", "packetsLost": -3, "concealedSamples": 9 },
            { "type": "transport", "id": "T" },
        ]}));
        assert_eq!((report.peer_connection, report.lag, report.entries.len()), (2, Some(1.5), 7));
        let pair = report.candidate_pairs().next().expect("a pair");
        assert_eq!((pair.nominated, pair.current_round_trip_time), (true, Some(0.04)));
        assert_eq!(pair.local_candidate_id.as_deref(), Some("L"));
        let candidate = report.candidates().next().expect("a candidate");
        assert_eq!(candidate.candidate_type, Some(CandidateType::Relay));
        assert_eq!(
            (candidate.relay_protocol, candidate.protocol),
            (Some(MediaTransport::Tls), Some(MediaTransport::Udp))
        );
        assert_eq!(report.codecs().next().and_then(|codec| codec.mime_type.as_deref()), Some("video/VP8"));
        assert_eq!(report.media_sources().next().and_then(|source| source.frames_per_second), Some(30.0));
        let sent = report.outbound_rtp().next().expect("a stream");
        assert_eq!((sent.kind, sent.packets_sent, sent.active), (Some(MediaKind::Video), Some(7), Some(false)));
        let received = report.inbound_rtp().next().expect("a stream");
        assert_eq!((received.kind, received.packets_lost), (Some(MediaKind::Audio), Some(-3)));
        assert_eq!(received.concealed_samples, Some(9));
    }

    #[test]
    fn members_of_another_type_count_as_absent() {
        let report = StatsReport::read(&json!({ "peerConnection": "x", "stats": [
            3,
            { "type": "inbound-rtp", "id": 5, "kind": "smell", "packetsReceived": "9", "packetsLost": 1.5, "freezeCount": [1, { "a": 2 }] },
            { "type": ["candidate-pair"] },
        ]}));
        assert_eq!(report.peer_connection, 0);
        assert_eq!(report.entries, [StatsEntry::InboundRtp(Box::default()), StatsEntry::Other]);
        assert_eq!(StatsReport::read(&json!({ "stats": "nonsense" })), StatsReport::default());
        assert_eq!(StatsReport::read(&json!(7)), StatsReport::default());
    }

    #[test]
    fn entries_are_read_from_text_as_from_values() {
        let text = r#"{"type":"outbound-rtp","kind":"video","framesPerSecond":24.5,"packetsSent":null,"qualityLimitationDurations":{"cpu":0}}"#;
        let read: StatsEntry = serde_json::from_str(text).expect("an entry");
        let value: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(Ok(&read), StatsEntry::deserialize(&value).as_ref().map_err(ToString::to_string));
        assert_eq!(read.as_outbound_rtp().and_then(|stream| stream.frames_per_second), Some(24.5));
    }
}
