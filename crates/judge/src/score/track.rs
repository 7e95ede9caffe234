//! The audio and the video of samples: what was received between two of them, whether that was an outage, and its audio
//! score.

use super::audio_mos::audio_mos;
use super::window::{Interval, Reading};
use precall_results::Sample;

/// The audio score of a second in which audio was sent and nothing arrived, as in the published module.
const OUTAGE_MOS: f64 = 1.0;

/// A media track of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Track {
    Audio,
    Video,
}

impl Track {
    /// Returns what was received of this track between two samples; `None` when one of them does not have the track.
    pub(super) fn interval(self, pair: &[Sample]) -> Option<Interval> {
        Interval::between(self.reading(&pair[0])?, self.reading(&pair[1])?)
    }

    /// Returns the counters of this track in a sample.
    fn reading(self, sample: &Sample) -> Option<Reading> {
        let timestamp = sample.timestamp;
        match self {
            Self::Audio => sample.audio.as_ref().map(|audio| Reading {
                timestamp,
                sent: audio.bytes_sent,
                bytes: audio.bytes_received,
                received: audio.packets_received,
                lost: audio.packets_lost,
            }),
            Self::Video => sample.video.as_ref().map(|video| Reading {
                timestamp,
                sent: video.bytes_sent,
                bytes: video.bytes_received,
                received: video.packets_received,
                lost: video.packets_lost,
            }),
        }
    }

    /// Whether packets of this track were sent between two samples and none arrived.
    ///
    /// A microphone may be muted, which says nothing about the network. The sender's `bytesSent` distinguishes the two.
    /// Where it is unknown, video that stopped as well means an outage.
    fn is_outage(self, pair: &[Sample]) -> bool {
        let Some(interval) = self.interval(pair).filter(Interval::is_empty) else { return false };
        match interval.sent {
            Some(sent) => sent > 0.0,
            None => self == Self::Video || Self::Video.is_outage(pair),
        }
    }

    /// Returns the audio score between two samples, computed with the loss of this track; `None` of a silent second,
    /// which says nothing about the network.
    pub(super) fn audio_score(self, pair: &[Sample]) -> Option<f64> {
        if self.is_outage(pair) {
            return Some(OUTAGE_MOS);
        }
        let loss = self.interval(pair)?.loss_ratio()?;
        Some(audio_mos(loss, pair[1].audio.as_ref().and_then(|audio| audio.round_trip_time)))
    }
}
