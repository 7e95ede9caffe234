//! The members of all types of entries together: an entry's type can come after its other members.

use serde::Deserialize;

use super::dictionaries::{
    CandidatePairStats, CandidateStats, CodecStats, InboundRtpStats, MediaKind, MediaSourceStats, OutboundRtpStats,
};
use super::lenient::{count, flag, number, signed, text, word};
use crate::{CandidateType, MediaTransport};

/// Every member that is read of any entry, each absent unless the entry has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Members {
    #[serde(rename = "type", deserialize_with = "text")]
    pub entry_type: Option<String>,
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
    #[serde(deserialize_with = "text")]
    track_identifier: Option<String>,
    #[serde(deserialize_with = "number")]
    timestamp: Option<f64>,
    #[serde(deserialize_with = "count")]
    nack_count: Option<u64>,
    #[serde(deserialize_with = "count")]
    pli_count: Option<u64>,
    #[serde(deserialize_with = "number")]
    jitter_buffer_delay: Option<f64>,
    #[serde(deserialize_with = "count")]
    jitter_buffer_emitted_count: Option<u64>,
    #[serde(deserialize_with = "number")]
    total_audio_energy: Option<f64>,
    #[serde(deserialize_with = "number")]
    total_samples_duration: Option<f64>,

    #[serde(deserialize_with = "number")]
    frames_per_second: Option<f64>,
    #[serde(deserialize_with = "count")]
    frame_width: Option<u64>,
    #[serde(deserialize_with = "count")]
    frame_height: Option<u64>,
}

impl Members {
    pub(super) fn candidate(self) -> CandidateStats {
        CandidateStats {
            id: self.id.unwrap_or_default(),
            candidate_type: self.candidate_type,
            address: self.address,
            protocol: self.protocol,
            relay_protocol: self.relay_protocol,
            url: self.url,
        }
    }

    pub(super) fn candidate_pair(self) -> CandidatePairStats {
        CandidatePairStats {
            local_candidate_id: self.local_candidate_id,
            remote_candidate_id: self.remote_candidate_id,
            nominated: self.nominated.unwrap_or_default(),
            current_round_trip_time: self.current_round_trip_time,
            available_outgoing_bitrate: self.available_outgoing_bitrate,
        }
    }

    pub(super) fn codec(self) -> CodecStats {
        CodecStats { id: self.id.unwrap_or_default(), mime_type: self.mime_type }
    }

    pub(super) fn media_source(self) -> MediaSourceStats {
        MediaSourceStats { kind: self.kind, frames_per_second: self.frames_per_second }
    }

    pub(super) fn outbound_rtp(self) -> OutboundRtpStats {
        OutboundRtpStats {
            id: self.id.unwrap_or_default(),
            kind: self.kind,
            codec_id: self.codec_id,
            packets_sent: self.packets_sent,
            bytes_sent: self.bytes_sent,
            retransmitted_bytes_sent: self.retransmitted_bytes_sent,
            target_bitrate: self.target_bitrate,
            frames_encoded: self.frames_encoded,
            total_encode_time: self.total_encode_time,
            frames_per_second: self.frames_per_second,
            frame_width: self.frame_width,
            frame_height: self.frame_height,
            active: self.active,
            scalability_mode: self.scalability_mode,
        }
    }

    pub(super) fn inbound_rtp(self) -> InboundRtpStats {
        InboundRtpStats {
            id: self.id.unwrap_or_default(),
            kind: self.kind,
            codec_id: self.codec_id,
            packets_received: self.packets_received,
            packets_lost: self.packets_lost,
            bytes_received: self.bytes_received,
            fec_packets_received: self.fec_packets_received,
            frames_decoded: self.frames_decoded,
            frames_per_second: self.frames_per_second,
            frame_width: self.frame_width,
            frame_height: self.frame_height,
            freeze_count: self.freeze_count,
            total_freezes_duration: self.total_freezes_duration,
            concealed_samples: self.concealed_samples,
            total_samples_received: self.total_samples_received,
            track_identifier: self.track_identifier,
            timestamp: self.timestamp,
            nack_count: self.nack_count,
            pli_count: self.pli_count,
            jitter_buffer_delay: self.jitter_buffer_delay,
            jitter_buffer_emitted_count: self.jitter_buffer_emitted_count,
            total_audio_energy: self.total_audio_energy,
            total_samples_duration: self.total_samples_duration,
        }
    }
}
