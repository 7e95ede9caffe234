//! The dictionaries of the standard, as far as they are read. Members have the names and the units of the standard;
//! each is absent when the browser does not report it.

use serde::Deserialize;

use crate::{CandidateType, MediaTransport};

/// The kind of a stream or a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// The stream or track carries audio.
    Audio,
    /// The stream or track carries video.
    Video,
}

/// A pair of candidates (`RTCIceCandidatePairStats`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CandidatePairStats {
    /// The id of the pair's `local-candidate`.
    pub local_candidate_id: Option<String>,
    /// The id of the pair's `remote-candidate`.
    pub remote_candidate_id: Option<String>,
    /// Whether ICE chose the pair for media.
    pub nominated: bool,
    /// The round-trip time of the latest STUN check, in seconds.
    pub current_round_trip_time: Option<f64>,
    /// The sender's estimate of the available bandwidth, in bit/s.
    pub available_outgoing_bitrate: Option<f64>,
}

/// An ICE candidate (`RTCIceCandidateStats`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CandidateStats {
    /// The id by which candidate pairs refer to it; empty when it has none.
    pub id: String,
    /// How the candidate was found.
    pub candidate_type: Option<CandidateType>,
    /// The IP address of the candidate.
    pub address: Option<String>,
    /// The transport between the candidate and the peer.
    pub protocol: Option<MediaTransport>,
    /// The transport between the browser and the relay, of a relayed candidate.
    pub relay_protocol: Option<MediaTransport>,
    /// The URL of the STUN or TURN server that gave the candidate.
    pub url: Option<String>,
}

/// A codec (`RTCCodecStats`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodecStats {
    /// The id by which streams refer to it; empty when it has none.
    pub id: String,
    /// The media type, such as `video/VP8`.
    pub mime_type: Option<String>,
}

/// A track that is sent, before it is encoded (`RTCVideoSourceStats`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MediaSourceStats {
    /// Whether the track is audio or video.
    pub kind: Option<MediaKind>,
    /// The frame rate of the camera, in frames per second; absent of audio.
    pub frames_per_second: Option<f64>,
}

/// A stream that is sent (`RTCOutboundRtpStreamStats`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutboundRtpStats {
    /// The id of the stream; empty when it has none.
    pub id: String,
    /// Whether the stream is audio or video.
    pub kind: Option<MediaKind>,
    /// The id of the stream's `codec`.
    pub codec_id: Option<String>,
    /// RTP packets sent, retransmissions included.
    pub packets_sent: Option<u64>,
    /// Payload sent, in bytes, retransmissions included.
    pub bytes_sent: Option<u64>,
    /// Payload of retransmissions, in bytes.
    pub retransmitted_bytes_sent: Option<u64>,
    /// The bitrate that the encoder aims at, in bit/s.
    pub target_bitrate: Option<f64>,
    /// The number of frames encoded.
    pub frames_encoded: Option<u64>,
    /// The time spent on encoding, in seconds.
    pub total_encode_time: Option<f64>,
    /// Frames encoded in the last second.
    pub frames_per_second: Option<f64>,
    /// The width of the last encoded frame, in pixels.
    pub frame_width: Option<u64>,
    /// The height of the last encoded frame, in pixels.
    pub frame_height: Option<u64>,
    /// Whether this layer is sent.
    pub active: Option<bool>,
    /// The scalability mode, such as `L1T2` (W3C webrtc-svc).
    pub scalability_mode: Option<String>,
}

/// A stream that is received (`RTCInboundRtpStreamStats`).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InboundRtpStats {
    /// The id of the stream; empty when it has none.
    pub id: String,
    /// Whether the stream is audio or video.
    pub kind: Option<MediaKind>,
    /// The id of the stream's `codec`.
    pub codec_id: Option<String>,
    /// RTP packets received, retransmissions included.
    pub packets_received: Option<u64>,
    /// RTP packets lost. It can be negative: duplicates count against the loss (RFC 3550).
    pub packets_lost: Option<i64>,
    /// Payload received, in bytes, retransmissions included.
    pub bytes_received: Option<u64>,
    /// Packets of forward error correction received.
    pub fec_packets_received: Option<u64>,
    /// The number of frames decoded.
    pub frames_decoded: Option<u64>,
    /// Frames decoded in the last second.
    pub frames_per_second: Option<f64>,
    /// The width of the last decoded frame, in pixels.
    pub frame_width: Option<u64>,
    /// The height of the last decoded frame, in pixels.
    pub frame_height: Option<u64>,
    /// The number of times that video froze.
    pub freeze_count: Option<u64>,
    /// The time for which video was frozen, in seconds.
    pub total_freezes_duration: Option<f64>,
    /// Audio samples that were concealed.
    pub concealed_samples: Option<u64>,
    /// Audio samples received, concealed samples included.
    pub total_samples_received: Option<u64>,
    /// The id of the track that receives the stream.
    pub track_identifier: Option<String>,
    /// The time of the entry, in milliseconds of the page's clock.
    pub timestamp: Option<f64>,
    /// The number of requests for packets to be sent again.
    pub nack_count: Option<u64>,
    /// The number of requests for a key frame.
    pub pli_count: Option<u64>,
    /// The sum of the times that frames or samples spent in the jitter buffer, in seconds.
    pub jitter_buffer_delay: Option<f64>,
    /// The number of frames or samples that left the jitter buffer.
    pub jitter_buffer_emitted_count: Option<u64>,
    /// The energy of the audio: the sum of squared levels by time, of full scale.
    pub total_audio_energy: Option<f64>,
    /// The duration of all received audio, in seconds.
    pub total_samples_duration: Option<f64>,
}
