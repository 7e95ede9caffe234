//! Advice that is held against the truth of its network.

use std::collections::BTreeMap;

use serde::Serialize;

use precall_results::FrameSize;

/// The advice on one network.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkAdvice {
    /// The name of the network.
    pub network: String,
    /// The step of the truth.
    pub truth: usize,
    /// The lowest step that is right as well, since it looks the same; the step of the truth where none does.
    pub right_from: usize,
    /// Whether the truth is borderline.
    pub is_borderline: bool,
    /// The advice of each module, by its name: one for each repeat.
    pub advice: BTreeMap<String, Vec<JudgedAdvice>>,
}

/// The advice of one test.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct JudgedAdvice {
    /// The advised size; absent for advice against video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<FrameSize>,
    /// The step of that size.
    pub step: usize,
    /// By how many steps it is too high; negative where it is too low, and 0 for every step that is right.
    pub off: i64,
    /// The seconds from the beginning of the test until its last measurement with video; absent where no sample came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// The MOS of video that the module reported; absent where it reported none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_mos: Option<f64>,
    /// The MOS of audio that the module reported; absent where it reported none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_mos: Option<f64>,
}
