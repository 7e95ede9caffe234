//! The entries of a report.

use serde::Deserialize;

use super::dictionaries::{
    CandidatePairStats, CandidateStats, CodecStats, InboundRtpStats, MediaSourceStats, OutboundRtpStats,
};
use super::members::Members;

/// An entry of a report (`RTCStats`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Members")]
pub enum StatsEntry {
    /// `candidate-pair`: the connection to the peer.
    CandidatePair(CandidatePairStats),
    /// `local-candidate`: an address of the browser.
    LocalCandidate(CandidateStats),
    /// `remote-candidate`: an address of the peer.
    RemoteCandidate(CandidateStats),
    /// `codec`: a codec that streams refer to.
    Codec(CodecStats),
    /// `media-source`: a track that is sent, before it is encoded.
    MediaSource(MediaSourceStats),
    /// `outbound-rtp`: a stream that is sent. Each layer of a simulcast has an entry of its own.
    OutboundRtp(Box<OutboundRtpStats>),
    /// `inbound-rtp`: a stream that is received.
    InboundRtp(Box<InboundRtpStats>),
    /// An entry of any other type.
    Other,
}

impl StatsEntry {
    /// Returns the candidate pair, if the entry is one.
    pub fn as_candidate_pair(&self) -> Option<&CandidatePairStats> {
        match self {
            Self::CandidatePair(pair) => Some(pair),
            _ => None,
        }
    }

    /// Returns the stream that is sent, if the entry is one.
    pub fn as_outbound_rtp(&self) -> Option<&OutboundRtpStats> {
        match self {
            Self::OutboundRtp(stream) => Some(stream),
            _ => None,
        }
    }

    /// Returns the stream that is received, if the entry is one.
    pub fn as_inbound_rtp(&self) -> Option<&InboundRtpStats> {
        match self {
            Self::InboundRtp(stream) => Some(stream),
            _ => None,
        }
    }
}

impl From<Members> for StatsEntry {
    fn from(members: Members) -> Self {
        match members.entry_type.as_deref() {
            Some("candidate-pair") => Self::CandidatePair(members.candidate_pair()),
            Some("local-candidate") => Self::LocalCandidate(members.candidate()),
            Some("remote-candidate") => Self::RemoteCandidate(members.candidate()),
            Some("codec") => Self::Codec(members.codec()),
            Some("media-source") => Self::MediaSource(members.media_source()),
            Some("outbound-rtp") => Self::OutboundRtp(Box::new(members.outbound_rtp())),
            Some("inbound-rtp") => Self::InboundRtp(Box::new(members.inbound_rtp())),
            _ => Self::Other,
        }
    }
}
