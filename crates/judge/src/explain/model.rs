//! An explanation as plain data.

use serde::Serialize;

use precall_results::CaseResult;
use precall_results::QualityResult;

/// Why a case came to what it came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The case as it was recorded.
    pub case: CaseResult,
    /// How many samples its last attempt has.
    pub samples: usize,
    /// What audio's figures are taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_window: Option<SampleWindow>,
    /// What video's figures are taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_window: Option<SampleWindow>,
    /// What the samples give, by the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recomputed: Option<QualityResult>,
    /// Each advice with its rule.
    pub advice: Vec<Advice>,
    /// What looks odd about the advice, and why it is so; a sentence each.
    pub notes: Vec<String>,
}

/// The samples at the end of a phase that figures are taken over.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleWindow {
    /// The number of its first sample in the phase, from 1.
    pub first: usize,
    /// The number of its last sample.
    pub last: usize,
    /// From when on, in seconds since the phase began to measure; of other modules since its first sample.
    pub from: f64,
    /// Until when.
    pub to: f64,
    /// What the links counted in that time; absent where nothing says when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkInWindow>,
}

/// What the links counted in a window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkInWindow {
    /// bit/s that left the link towards the platform.
    pub up_bitrate: f64,
    /// Share of packets that it dropped.
    pub up_loss: f64,
    /// bit/s that left the link towards the browser.
    pub down_bitrate: f64,
    /// Share of packets that it dropped.
    pub down_loss: f64,
}

/// One thing that the report says, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// What it is about: `audio.supported`, `video.recommendedResolution`.
    pub about: String,
    /// What the network-test module reported.
    pub said: String,
    /// What precall's rule gives from the module's own samples.
    pub recomputed: String,
    /// The rule with its figures and thresholds, a line each.
    pub rule: Vec<String>,
}
