//! The audio score of one second, and whether that second was an outage.

use super::audio_mos::audio_mos;
use super::quality::{audio_interval, video_interval};
use super::window::Interval;
use precall_results::Sample;

/// The audio score of a second in which audio was sent and nothing arrived, as the published module has it.
const OUTAGE_MOS: f64 = 1.0;

/// A track of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Track {
    Audio,
    Video,
}

impl Track {
    /// What this track received between two samples.
    pub fn interval(self, pair: &[Sample]) -> Option<Interval> {
        match self {
            Self::Audio => audio_interval(pair),
            Self::Video => video_interval(pair),
        }
    }

    /// Whether this track's packets were sent between two samples and none arrived.
    ///
    /// A microphone may be muted, which says nothing about the network; the sender's `bytesSent` tells the two apart. Where
    /// it is unknown, video that stopped too means an outage.
    fn is_outage(self, pair: &[Sample]) -> bool {
        let Some(interval) = self.interval(pair).filter(Interval::is_empty) else { return false };
        match interval.sent {
            Some(sent) => sent > 0.0,
            None => self == Self::Video || Self::Video.is_outage(pair),
        }
    }

    /// The audio score between two samples, with the loss of this track; `None` of a silent second, which says nothing about
    /// the network.
    pub fn audio_score(self, pair: &[Sample]) -> Option<f64> {
        if self.is_outage(pair) {
            return Some(OUTAGE_MOS);
        }
        let loss = self.interval(pair)?.loss_ratio()?;
        Some(audio_mos(loss, pair[1].audio.as_ref().and_then(|audio| audio.round_trip_time)))
    }
}
