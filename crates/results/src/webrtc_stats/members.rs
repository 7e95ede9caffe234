//! The members of all types of entries together: an entry's type can come after its other members.

use serde::Deserialize;

use super::entry::{
    CandidatePairStats, CandidateStats, CodecStats, InboundRtpStats, MediaKind, MediaSourceStats, OutboundRtpStats,
    StatsEntry,
};
use super::lenient::{count, flag, number, signed, text, word};
use crate::{CandidateType, MediaTransport};

/// Every member that is read of any entry, each absent unless the entry has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Members {
    #[serde(rename = "type", deserialize_with = "text")]
    entry_type: Option<String>,
    #[serde(deserialize_with = "text")]
    id: Option<String>,
    #[serde(deserialize_with = "word")]
    kind: Option<MediaKind>,
    #[serde(deserialize_with = "text")]
    codec_id: Option<String>,

    #[serde(deserialize_with = "text")]
    local_candidate_id: Option<String>,
    #[serde(deserialize_with = "text")]
    remote_candidate_id: Option<String>,
    #[serde(deserialize_with = "flag")]
    nominated: Option<bool>,
    #[serde(deserialize_with = "number")]
    current_round_trip_time: Option<f64>,
    #[serde(deserialize_with = "number")]
    available_outgoing_bitrate: Option<f64>,

    #[serde(deserialize_with = "text")]
    address: Option<String>,
    #[serde(deserialize_with = "word")]
    candidate_type: Option<CandidateType>,
    #[serde(deserialize_with = "word")]
    protocol: Option<MediaTransport>,
    #[serde(deserialize_with = "word")]
    relay_protocol: Option<MediaTransport>,
    #[serde(deserialize_with = "text")]
    url: Option<String>,

    #[serde(deserialize_with = "text")]
    mime_type: Option<String>,

    #[serde(deserialize_with = "count")]
    packets_sent: Option<u64>,
    #[serde(deserialize_with = "count")]
    bytes_sent: Option<u64>,
    #[serde(deserialize_with = "count")]
    retransmitted_bytes_sent: Option<u64>,
    #[serde(deserialize_with = "number")]
    target_bitrate: Option<f64>,
    #[serde(deserialize_with = "count")]
    frames_encoded: Option<u64>,
    #[serde(deserialize_with = "number")]
    total_encode_time: Option<f64>,
    #[serde(deserialize_with = "flag")]
    active: Option<bool>,
    #[serde(deserialize_with = "text")]
    scalability_mode: Option<String>,

    #[serde(deserialize_with = "count")]
    packets_received: Option<u64>,
    #[serde(deserialize_with = "signed")]
    packets_lost: Option<i64>,
    #[serde(deserialize_with = "count")]
    bytes_received: Option<u64>,
    #[serde(deserialize_with = "count")]
    fec_packets_received: Option<u64>,
    #[serde(deserialize_with = "count")]
    frames_decoded: Option<u64>,
    #[serde(deserialize_with = "count")]
    freeze_count: Option<u64>,
    #[serde(deserialize_with = "number")]
    total_freezes_duration: Option<f64>,
    #[serde(deserialize_with = "count")]
    concealed_samples: Option<u64>,
    #[serde(deserialize_with = "count")]
    total_samples_received: Option<u64>,

    #[serde(deserialize_with = "number")]
    frames_per_second: Option<f64>,
    #[serde(deserialize_with = "count")]
    frame_width: Option<u64>,
    #[serde(deserialize_with = "count")]
    frame_height: Option<u64>,
}

impl From<Members> for StatsEntry {
    fn from(members: Members) -> Self {
        match members.entry_type.as_deref() {
            Some("candidate-pair") => Self::CandidatePair(CandidatePairStats {
                local_candidate_id: members.local_candidate_id,
                remote_candidate_id: members.remote_candidate_id,
                nominated: members.nominated.unwrap_or_default(),
                current_round_trip_time: members.current_round_trip_time,
                available_outgoing_bitrate: members.available_outgoing_bitrate,
            }),
            Some("local-candidate") => Self::LocalCandidate(members.candidate()),
            Some("remote-candidate") => Self::RemoteCandidate(members.candidate()),
            Some("codec") => {
                Self::Codec(CodecStats { id: members.id.unwrap_or_default(), mime_type: members.mime_type })
            }
            Some("media-source") => {
                Self::MediaSource(MediaSourceStats { kind: members.kind, frames_per_second: members.frames_per_second })
            }
            Some("outbound-rtp") => Self::OutboundRtp(Box::new(OutboundRtpStats {
                id: members.id.unwrap_or_default(),
                kind: members.kind,
                codec_id: members.codec_id,
                packets_sent: members.packets_sent,
                bytes_sent: members.bytes_sent,
                retransmitted_bytes_sent: members.retransmitted_bytes_sent,
                target_bitrate: members.target_bitrate,
                frames_encoded: members.frames_encoded,
                total_encode_time: members.total_encode_time,
                frames_per_second: members.frames_per_second,
                frame_width: members.frame_width,
                frame_height: members.frame_height,
                active: members.active,
                scalability_mode: members.scalability_mode,
            })),
            Some("inbound-rtp") => Self::InboundRtp(Box::new(InboundRtpStats {
                id: members.id.unwrap_or_default(),
                kind: members.kind,
                codec_id: members.codec_id,
                packets_received: members.packets_received,
                packets_lost: members.packets_lost,
                bytes_received: members.bytes_received,
                fec_packets_received: members.fec_packets_received,
                frames_decoded: members.frames_decoded,
                frames_per_second: members.frames_per_second,
                frame_width: members.frame_width,
                frame_height: members.frame_height,
                freeze_count: members.freeze_count,
                total_freezes_duration: members.total_freezes_duration,
                concealed_samples: members.concealed_samples,
                total_samples_received: members.total_samples_received,
            })),
            _ => Self::Other,
        }
    }
}

impl Members {
    fn candidate(self) -> CandidateStats {
        CandidateStats {
            id: self.id.unwrap_or_default(),
            candidate_type: self.candidate_type,
            address: self.address,
            protocol: self.protocol,
            relay_protocol: self.relay_protocol,
            url: self.url,
        }
    }
}
