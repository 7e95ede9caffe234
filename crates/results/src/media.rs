//! Routes, codecs and playout of the media of a case, from the W3C statistics of the page.

use precall_netem::units::Ratio;
use serde::{Deserialize, Serialize};

/// How media travelled, each direction as seen from the browser.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MediaTravel {
    /// The media that the page published; absent when it sent none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up: Option<MediaDirection>,
    /// The media that the page subscribed to; absent when it received none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub down: Option<MediaDirection>,
}

/// The media of one direction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MediaDirection {
    /// The routes that it took, in the order of their first use. More than one when the browser changed its candidate
    /// pair.
    pub routes: Vec<MediaRoute>,
    /// The audio codec, in lower case: `opus`. Absent without audio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_codec: Option<String>,
    /// The video codec, in lower case: `vp8`. Absent without video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_codec: Option<String>,
    /// How many encodings of the video were sent: layers of simulcast. Absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_layers: Option<u32>,
    /// `scalabilityMode` of the video that is sent (W3C webrtc-svc), as in `L1T1`; absent where the browser does not
    /// say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scalability_mode: Option<String>,
    /// The smallest size of a frame, by its number of pixels. Absent without video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest_frame: Option<FrameSize>,
    /// The largest size of a frame. Absent without video.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_frame: Option<FrameSize>,
    /// `freezeCount` of the received video (W3C webrtc-stats), all streams of the case together. Absent for media that
    /// is sent, without video, and in results of versions that did not count it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_count: Option<u64>,
    /// The share of received audio samples that the browser concealed: `concealedSamples` by `totalSamplesReceived`,
    /// all streams of the case together. Absent for media that is sent, without audio, and in results of versions that
    /// did not count it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concealed_samples_ratio: Option<Ratio>,
}

/// A route through the network: what a candidate pair says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MediaRoute {
    /// The transport that leaves the browser: to the relay where there is one, else to the peer.
    pub transport: MediaTransport,
    /// The type of the browser's own candidate.
    pub local_candidate: CandidateType,
    /// The type of the peer's candidate.
    pub remote_candidate: CandidateType,
    /// The IP version of the address that the browser sends to; absent where the browser hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_version: Option<IpVersion>,
}

/// A transport of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum MediaTransport {
    /// UDP, without a relay or to one.
    Udp,
    /// TCP: ICE-TCP, or a relay reached by TCP.
    Tcp,
    /// TLS over TCP, to a relay.
    Tls,
}

/// The type of an ICE candidate (W3C webrtc-pc, `RTCIceCandidateType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CandidateType {
    /// An address of the host.
    Host,
    /// An address that a STUN server saw.
    Srflx,
    /// An address that the peer saw.
    Prflx,
    /// An address of a relay.
    Relay,
}

/// The size of a frame, written as `640x480`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct FrameSize {
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

impl MediaTravel {
    /// The directions that there were, with their names.
    pub fn directions(&self) -> impl Iterator<Item = (&'static str, &MediaDirection)> {
        [("up", &self.up), ("down", &self.down)].into_iter().filter_map(|(name, way)| Some((name, way.as_ref()?)))
    }

    /// Returns a value that both directions have; where they differ, each with its name. `None` when neither has it.
    pub fn common(&self, value: impl Fn(&MediaDirection) -> Option<String>) -> Option<String> {
        let values: Vec<_> = self.directions().filter_map(|(name, way)| Some((name, value(way)?))).collect();
        let (_, first) = values.first()?;
        if values.iter().all(|(_, value)| value == first) {
            return Some(first.clone());
        }
        Some(values.iter().map(|(name, value)| format!("{value} {name}")).collect::<Vec<_>>().join(", "))
    }
}

impl MediaDirection {
    /// The route that it took last.
    pub fn route(&self) -> Option<&MediaRoute> {
        self.routes.last()
    }
}

impl MediaRoute {
    /// The type that says most of the route: a relay at either end, else the browser's own.
    pub fn candidate_type(&self) -> CandidateType {
        match self.remote_candidate {
            CandidateType::Relay => CandidateType::Relay,
            _ => self.local_candidate,
        }
    }
}

impl MediaTransport {
    /// The word in scenarios and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }
}

impl CandidateType {
    /// The word in scenarios and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Srflx => "srflx",
            Self::Prflx => "prflx",
            Self::Relay => "relay",
        }
    }
}

impl FrameSize {
    /// Returns the number of pixels.
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

impl std::fmt::Display for FrameSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

impl From<FrameSize> for String {
    fn from(size: FrameSize) -> Self {
        size.to_string()
    }
}

impl std::str::FromStr for FrameSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers =
            text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        let size = numbers.map(|(width, height)| Self { width, height });
        size.ok_or_else(|| format!("{text:?} is not a frame size; write width x height in pixels, as in 640x480"))
    }
}

impl TryFrom<String> for FrameSize {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// A version of the Internet Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum IpVersion {
    /// Version 4, `ipv4` in scenarios and files.
    IpV4,
    /// Version 6, `ipv6` in scenarios and files.
    IpV6,
}

impl IpVersion {
    /// The word in scenarios and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IpV4 => "ipv4",
            Self::IpV6 => "ipv6",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_of_both_directions_are_given_once() {
        let codec =
            |name: &str| Some(MediaDirection { video_codec: Some(name.to_owned()), ..MediaDirection::default() });
        let common = |up, down| MediaTravel { up, down }.common(|way| way.video_codec.clone());
        assert_eq!(common(codec("vp8"), codec("vp8")).as_deref(), Some("vp8"));
        assert_eq!(common(codec("vp8"), codec("vp9")).as_deref(), Some("vp8 up, vp9 down"));
        assert_eq!(common(None, codec("vp9")).as_deref(), Some("vp9"));
        assert_eq!(common(None, Some(MediaDirection::default())), None);
    }

    #[test]
    fn frame_sizes_are_written_as_width_x_height() {
        let size = FrameSize { width: 640, height: 480 };
        assert_eq!(serde_json::to_value(size).expect("JSON"), "640x480");
        assert_eq!(serde_json::from_value::<FrameSize>("640x480".into()).expect("a size"), size);
        for wrong in ["640", "x480", "640x480x1", ""] {
            assert!(serde_json::from_value::<FrameSize>(wrong.into()).is_err(), "{wrong}");
        }
    }
}
