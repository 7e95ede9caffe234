//! The page with two peer connections: what it is asked, and what it says.

use serde::{Deserialize, Serialize};
use serde_json::json;

use precall_results::NamedError;
use precall_results::webrtc_stats::StatsEntry;

/// Where the page is, below the origin of a [`PageServer`](super::PageServer).
pub const PEERS_PATH: &str = "/harness/peers.html";

/// The media that the sending peer connection sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeersMedia {
    /// The width of the video in pixels.
    pub width: u32,
    /// The height of the video in pixels.
    pub height: u32,
    /// The frame rate of the video in frames per second.
    pub frame_rate: u32,
    /// The media types of video to offer, in lower case (`video/vp8`, `video/rtx`); `None` offers all that the browser
    /// has.
    pub video_codecs: Option<Vec<String>>,
}

/// An event of the page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PeersEvent {
    /// The page's script runs: it can be asked.
    Loaded,
    /// The sender offers.
    Offer {
        /// Its SDP, with whatever candidates there were by then.
        sdp: String,
    },
    /// The receiver answers.
    Answer {
        /// The SDP of the description.
        sdp: String,
    },
    /// The receiver shows its first frame.
    FirstFrame {
        /// When, in seconds since the negotiation began.
        seconds: f64,
    },
    /// Statistics, once a second.
    Sample(Box<PeersSample>),
    /// A step of the negotiation failed.
    Failed {
        /// The error that the page raised.
        error: NamedError,
    },
}

/// The W3C statistics of both peer connections at one moment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PeersSample {
    /// When, in seconds since the negotiation began.
    pub seconds: f64,
    /// How late the page's timer was, in milliseconds.
    pub lag: f64,
    /// The sender's dictionaries: the nominated candidate pair and the RTP streams.
    pub sender: Vec<StatsEntry>,
    /// The statistics of the receiving peer connection.
    pub receiver: Vec<StatsEntry>,
}

impl PeersEvent {
    /// Reads what came through the [binding](super::BINDING).
    ///
    /// # Errors
    ///
    /// When it is none of these events.
    pub fn parse(payload: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(payload)
    }
}

impl PeersMedia {
    /// The call to evaluate in the page that opens the devices; [`PeersEvent::Offer`] follows.
    pub fn publish_call(&self) -> String {
        format!("void peers.publish({})", json!(self))
    }
}

/// The call that has the receiver answer an offer; [`PeersEvent::Answer`] follows.
pub fn subscribe_call(sdp: &str) -> String {
    format!("void peers.subscribe({})", json!(sdp))
}

/// The call that has the sender take an answer.
pub fn accept_call(sdp: &str) -> String {
    format!("void peers.accept({})", json!(sdp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_parsed_and_calls_quoted() {
        let sample = r#"{"type":"sample","seconds":1.5,"lag":0,"sender":[{"type":"outbound-rtp"}],"receiver":[]}"#;
        let Ok(PeersEvent::Sample(sample)) = PeersEvent::parse(sample) else { panic!("no sample") };
        assert_eq!((sample.seconds, sample.sender.len()), (1.5, 1));
        assert_eq!(PeersEvent::parse(r#"{"type":"loaded"}"#).ok(), Some(PeersEvent::Loaded));
        assert!(PeersEvent::parse(r#"{"type":"another"}"#).is_err());
        assert_eq!(accept_call("a=\"x\"\r\n"), r#"void peers.accept("a=\"x\"\r\n")"#);
        let media = PeersMedia { width: 640, height: 480, frame_rate: 30, video_codecs: None };
        let call = media.publish_call();
        assert!(call.contains(r#""frameRate":30"#) && call.contains(r#""videoCodecs":null"#), "{call}");
    }
}
