//! Samples and results of a network test. The names are those of the module.

use serde::{Deserialize, Serialize};

/// One call of `testQuality`'s update callback: cumulative counters of the test stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// The phase of the test that the sample belongs to.
    pub phase: Phase,
    /// When it was taken: milliseconds since the Unix epoch, or since the page began; only differences count.
    pub timestamp: f64,
    /// Milliseconds since the phase began to measure; absent in other modules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed: Option<f64>,
    /// The longest that the phase may measure, in milliseconds; absent in other modules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// Seconds since the case's network was applied, when it arrived; precall says so, no module does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_seconds: Option<f64>,
    /// Audio counters; absent when the stream carries none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioCounters>,
    /// Video counters; absent when the stream carries none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoCounters>,
    /// `availableOutgoingBitrate` of the publisher's nominated candidate pair (W3C webrtc-stats), in bit/s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_outgoing_bitrate: Option<f64>,
    /// `qualityLimitationReason` of the publisher's video (W3C webrtc-stats).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_limitation_reason: Option<String>,
    /// Whether the publisher sent more than one video layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulcast: Option<bool>,
}

/// The phases of a quality test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Camera and microphone.
    AudioVideo,
    /// The microphone alone.
    AudioOnly,
}

/// Cumulative audio counters at the subscriber.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AudioCounters {
    /// Bytes that the publisher sent so far; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_sent: Option<f64>,
    /// Bytes received so far.
    pub bytes_received: f64,
    /// Packets received so far.
    pub packets_received: f64,
    /// Packets lost so far.
    pub packets_lost: f64,
    /// Round-trip time between publisher and router, in seconds; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_time: Option<f64>,
    /// Jitter, in seconds; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter: Option<f64>,
}

/// Cumulative video counters at the subscriber.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VideoCounters {
    /// Bytes that the publisher sent so far, all layers together; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_sent: Option<f64>,
    /// Bytes received so far.
    pub bytes_received: f64,
    /// Packets received so far.
    pub packets_received: f64,
    /// Packets lost so far.
    pub packets_lost: f64,
    /// Frames per second at this moment; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// Width of the stream in pixels; absent in other modules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_width: Option<f64>,
    /// Height of the stream in pixels; absent in other modules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_height: Option<f64>,
    /// The way that media takes: `Routed`, `Relayed (TURN/UDP)`, …, `Unknown`; absent in modules before 5.x.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_routing: Option<String>,
}

/// The value that `testConnectivity` resolves with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectivityResult {
    /// Whether every service could be reached.
    pub success: bool,
    /// The services that could not be reached; empty on success.
    #[serde(default)]
    pub failed_tests: Vec<FailedTest>,
}

/// One failed part of a connectivity test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailedTest {
    /// `api`, `messaging`, `media`, `logging` or `OpenTok.js`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The error that made it fail.
    pub error: NamedError,
}

/// An error as the page saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedError {
    /// A value of `ErrorNames`, or the error's own name.
    pub name: String,
    /// The message of the error.
    #[serde(default)]
    pub message: String,
}

/// The value that `testQuality` resolves with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QualityResult {
    /// The audio part.
    pub audio: AudioQuality,
    /// The video part.
    pub video: VideoQuality,
}

/// The audio part of a quality result.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct AudioQuality {
    /// Whether audio will work.
    pub supported: bool,
    /// The reason if not; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Received bit/s over the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<f64>,
    /// Share of packets lost over the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packet_loss_ratio: Option<f64>,
    /// Round-trip time over the window, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_time: Option<f64>,
    /// Jitter over the window, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jitter: Option<f64>,
    /// Mean opinion score, 1 to 4.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mos: Option<f64>,
}

/// The video part of a quality result.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct VideoQuality {
    /// Whether video will work.
    pub supported: bool,
    /// The reason if not; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Received bit/s over the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bitrate: Option<f64>,
    /// Share of packets lost over the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packet_loss_ratio: Option<f64>,
    /// Frames per second over the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// `"640x480"`; absent when video is unsupported. `opentok-network-test-js` 3.1.6 reports an empty text then.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "non_empty")]
    pub recommended_resolution: Option<String>,
    /// Frames per second; absent when video is unsupported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommended_frame_rate: Option<f64>,
    /// The basis of the recommendation, `availableOutgoingBitrate` or `bitrate`; `bandwidth` and `capacity` scoring
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation_basis: Option<String>,
    /// Why the encoder sent less than it could; `bandwidth` and `capacity` scoring only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_limitation_reason: Option<String>,
    /// The rate that the network carries, in bit/s; `capacity` scoring only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<f64>,
    /// The chance that a longer test would recommend the same, 0 to 1; `capacity` scoring only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// What keeps the test from recommending the largest size, `network` or `computer`; `capacity` scoring only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limited_by: Option<String>,
    /// The way that the module says media took: `Routed`, `Relayed (TURN/TLS)`, `Relayed (TURN/UDP)`, `Relayed
    /// (STUN/TLS)`, `Relayed (STUN/UDP)` or `Unknown`; absent in modules before 5.x.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_routing: Option<String>,
    /// Mean opinion score, 1 to 4.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mos: Option<f64>,
}

/// Reads a text, and an empty one as absent.
fn non_empty<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_recommended_size_has_many_spellings() {
        for text in [r#"{}"#, r#"{"recommendedResolution": null}"#, r#"{"recommendedResolution": ""}"#] {
            let video: VideoQuality = serde_json::from_str(text).expect(text);
            assert_eq!(video.recommended_resolution, None, "{text}");
        }
        let video: VideoQuality = serde_json::from_str(r#"{"recommendedResolution": "480x270"}"#).expect("JSON");
        assert_eq!(video.recommended_resolution.as_deref(), Some("480x270"));
    }
}
