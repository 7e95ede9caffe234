//! The explanation of a case, as plain data.

use serde::Serialize;

use precall_results::CaseResult;
use precall_results::QualityResult;

/// The explanation of a case's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The recorded case.
    pub case: CaseResult,
    /// The number of samples of its last attempt.
    pub samples: usize,
    /// The samples that figures of audio are taken over; absent without samples of audio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_window: Option<SampleWindow>,
    /// The samples that figures of video are taken over; absent without samples of video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_window: Option<SampleWindow>,
    /// The result that follows from the samples by precall's rules; absent when the page reported no result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recomputed: Option<QualityResult>,
    /// The recommendations, each with its rule.
    pub advice: Vec<Advice>,
    /// Explanations of what looks odd about the recommendations, a sentence each.
    pub notes: Vec<String>,
}

/// The samples at the end of a phase that figures are taken over.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleWindow {
    /// The number of the first sample in the phase, from 1.
    pub first: usize,
    /// The number of the last sample in the phase.
    pub last: usize,
    /// The beginning of the window, in seconds since the phase began to measure; of other modules, since their first
    /// sample.
    pub from: f64,
    /// The end of the window, likewise.
    pub to: f64,
    /// The activity of the links in that time; absent when the samples do not have the time since the network was
    /// applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkInWindow>,
}

/// The activity of the links in a window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkInWindow {
    /// The bitrate that left the link to the platform, in bit/s of UDP payload.
    pub up_bitrate: f64,
    /// The share of packets that the link to the platform dropped, 0 to 1.
    pub up_loss: f64,
    /// The bitrate that left the link to the browser, in bit/s of UDP payload.
    pub down_bitrate: f64,
    /// The share of packets that the link to the browser dropped, 0 to 1.
    pub down_loss: f64,
}

/// One recommendation of the report, with its rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// The member of the report: `audio.supported`, `video.recommendedResolution`.
    pub about: String,
    /// The value that the network-test module reported; `said` in files.
    #[serde(rename = "said")]
    pub reported: String,
    /// The value that follows from the module's samples by precall's rule.
    pub recomputed: String,
    /// The rule with its figures and thresholds, in lines.
    pub rule: Vec<String>,
}
