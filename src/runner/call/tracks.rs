//! The subscriptions behind the tracks of a participant's page.

use std::collections::HashMap;

use precall_results::webrtc_stats::{InboundRtpStats, MediaKind, StatsReport};
use precall_results::{AudioReceived, Presented, SubscriptionSample, VideoReceived};

/// The most tracks of a page that are known.
const MAX_TRACKS: usize = 1_000;

/// The publisher and the name of a stream.
type StreamKey = (String, String);

/// What a participant's page has said of its subscriptions.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    by_id: HashMap<String, StreamKey>,
    presented: HashMap<StreamKey, Presented>,
    /// The number of video tracks that each peer connection receives.
    received: HashMap<u64, u64>,
    most_received: u64,
}

impl Tracks {
    /// Notes which tracks belong to a subscription, and how many frames of it the page has presented.
    pub(super) fn note(&mut self, from: String, stream: String, tracks: Vec<String>, presented: Option<Presented>) {
        let key = (from, stream);
        for track in tracks {
            if self.by_id.len() < MAX_TRACKS {
                self.by_id.insert(track, key.clone());
            }
        }
        self.note_presented(key, presented);
    }

    /// Notes what a page shows of some tracks. Returns the publisher and the name of their stream; `None` if it is none
    /// that the page subscribes to.
    pub(super) fn displayed(&mut self, tracks: &[String], presented: Option<Presented>) -> Option<StreamKey> {
        let key = tracks.iter().find_map(|track| self.by_id.get(track))?.clone();
        self.note_presented(key.clone(), presented);
        Some(key)
    }

    fn note_presented(&mut self, key: StreamKey, presented: Option<Presented>) {
        if let Some(presented) = presented
            && self.presented.len() < MAX_TRACKS
        {
            self.presented.insert(key, presented);
        }
    }

    /// Returns the largest number of video tracks that the page received at once.
    pub(super) fn most_received(&self) -> u64 {
        self.most_received
    }

    /// Returns the counters of each subscription that a report is about.
    pub(super) fn samples(&mut self, participant: &str, at: f64, report: &StatsReport) -> Vec<SubscriptionSample> {
        let is_video = |stream: &&InboundRtpStats| stream.kind == Some(MediaKind::Video);
        let videos = report.inbound_rtp().filter(is_video).count() as u64;
        if self.received.len() < MAX_TRACKS {
            self.received.insert(report.peer_connection, videos);
        }
        self.most_received = self.most_received.max(self.received.values().sum());
        let mut samples: Vec<SubscriptionSample> = Vec::new();
        for stream in report.inbound_rtp() {
            let Some(key) = stream.track_identifier.as_ref().and_then(|id| self.by_id.get(id)) else { continue };
            let known = samples.iter().position(|one| (&one.publisher, &one.stream) == (&key.0, &key.1));
            let index = known.unwrap_or_else(|| {
                samples.push(SubscriptionSample {
                    participant: participant.to_owned(),
                    publisher: key.0.clone(),
                    stream: key.1.clone(),
                    at,
                    video: None,
                    audio: None,
                    presented: self.presented.get(key).copied(),
                    perceived: None,
                });
                samples.len() - 1
            });
            match stream.kind {
                Some(MediaKind::Video) => samples[index].video = Some(video(stream)),
                Some(MediaKind::Audio) => samples[index].audio = Some(audio(stream)),
                None => {}
            }
        }
        samples
    }

    /// Forgets the peer connections of a page that was left.
    pub(super) fn forget_connections(&mut self) {
        self.received.clear();
    }
}

fn video(stream: &InboundRtpStats) -> VideoReceived {
    VideoReceived {
        timestamp: stream.timestamp.unwrap_or_default(),
        bytes_received: stream.bytes_received.unwrap_or_default(),
        packets_received: stream.packets_received.unwrap_or_default(),
        packets_lost: stream.packets_lost.unwrap_or_default(),
        frames_decoded: stream.frames_decoded.unwrap_or_default(),
        frame_width: stream.frame_width.unwrap_or_default(),
        frame_height: stream.frame_height.unwrap_or_default(),
        freeze_count: stream.freeze_count.unwrap_or_default(),
        total_freezes_duration: stream.total_freezes_duration.unwrap_or_default(),
        nack_count: stream.nack_count.unwrap_or_default(),
        pli_count: stream.pli_count.unwrap_or_default(),
        jitter_buffer_delay: stream.jitter_buffer_delay.unwrap_or_default(),
        jitter_buffer_emitted_count: stream.jitter_buffer_emitted_count.unwrap_or_default(),
    }
}

fn audio(stream: &InboundRtpStats) -> AudioReceived {
    AudioReceived {
        timestamp: stream.timestamp.unwrap_or_default(),
        bytes_received: stream.bytes_received.unwrap_or_default(),
        packets_received: stream.packets_received.unwrap_or_default(),
        packets_lost: stream.packets_lost.unwrap_or_default(),
        concealed_samples: stream.concealed_samples.unwrap_or_default(),
        total_samples_received: stream.total_samples_received.unwrap_or_default(),
        jitter_buffer_delay: stream.jitter_buffer_delay.unwrap_or_default(),
        jitter_buffer_emitted_count: stream.jitter_buffer_emitted_count.unwrap_or_default(),
        total_audio_energy: stream.total_audio_energy.unwrap_or_default(),
        total_samples_duration: stream.total_samples_duration.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counters_belong_to_the_subscription_of_their_track() {
        let mut tracks = Tracks::default();
        let presented = Presented { timestamp: 5.0, frames: 30, dropped: 0, frozen: 0.0 };
        tracks.note("alice".to_owned(), "camera".to_owned(), vec!["v1".to_owned(), "a1".to_owned()], Some(presented));
        let report = StatsReport::read(&json!({ "peerConnection": 3, "stats": [
            { "type": "inbound-rtp", "kind": "video", "trackIdentifier": "v1", "framesDecoded": 30, "timestamp": 7.5 },
            { "type": "inbound-rtp", "kind": "audio", "trackIdentifier": "a1", "concealedSamples": 4 },
            { "type": "inbound-rtp", "kind": "video", "trackIdentifier": "unknown", "framesDecoded": 9 },
        ]}));
        let samples = tracks.samples("bob", 2.0, &report);
        assert_eq!(samples.len(), 1);
        let sample = &samples[0];
        assert_eq!((sample.participant.as_str(), sample.publisher.as_str(), sample.at), ("bob", "alice", 2.0));
        assert_eq!(sample.video.map(|video| (video.frames_decoded, video.timestamp)), Some((30, 7.5)));
        assert_eq!(sample.audio.map(|audio| audio.concealed_samples), Some(4));
        assert_eq!(sample.presented, Some(presented));
        assert_eq!(tracks.most_received(), 2);
    }
}
