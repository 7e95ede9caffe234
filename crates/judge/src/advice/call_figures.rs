//! The figures of calls at a size, and the limits that decide whether it is sustained.

use serde::{Deserialize, Serialize};

use precall_results::FrameSize;

/// The limits that a sustained call keeps.
pub mod limits {
    /// The lowest frame rate, in frames per second: that of film.
    pub const FRAME_RATE: f64 = 24.0;
    /// The least share of the published pixels that is received: not less than the next smaller size of the ladder has.
    /// Chrome begins below the published size, and after a minute is often still between the two on the best network;
    /// whether that looks better is for the similarity to say.
    pub const PIXELS: f64 = 0.25;
    /// The largest share of the time for which video is frozen.
    pub const FROZEN: f64 = 0.01;
    /// The longest delay of the picture that 95 % of the frames keep, in seconds: the limit of ITU-T G.114 for planning
    /// networks with interactive speech.
    pub const DELAY: f64 = 0.4;
    /// The largest share of concealed audio.
    pub const CONCEALED: f64 = 0.02;
    /// By how much the similarity of the picture may be below that of the next smaller size. Two runs of the same call
    /// differed by 0.001.
    pub const SIMILARITY: f64 = 0.01;
    /// A figure within this share of its limit makes a network borderline.
    pub const NEAR: f64 = 0.1;
    /// The same for concealed audio. Half a minute has 1,500 packets; two standard errors of a share of 2 % of them are
    /// 0.7 %.
    pub const NEAR_CONCEALED: f64 = 0.35;
}

/// The calls of one size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SizeTruth {
    /// The published size.
    pub size: FrameSize,
    /// Whether most of the calls sustained it.
    pub is_sustained: bool,
    /// The figures of each call at this size, one for each repeat.
    pub calls: Vec<CallFigures>,
}

/// The figures of a call that decide. A figure that is absent is missed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallFigures {
    /// The size that was received for the longest time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<FrameSize>,
    /// Frames per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_rate: Option<f64>,
    /// The share of the time for which video was frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<f64>,
    /// The 95th percentile of the picture's delay, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_p95: Option<f64>,
    /// The share of concealed audio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concealed: Option<f64>,
    /// The similarity of the picture to the film.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// The quality of the speech (MOS-LQO of ITU-T P.862.2). Absent in tables that were made before it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mos_lqo: Option<f64>,
    /// The criteria that were missed. Empty for a call that sustained its size.
    pub missed: Vec<Criterion>,
}

/// A condition that a call has to meet to sustain its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Criterion {
    /// The call took place on a host that could carry it.
    Measured,
    /// The size that was received for most of the time has at least [`limits::PIXELS`] of the published one.
    Size,
    /// At least [`limits::FRAME_RATE`].
    FrameRate,
    /// Frozen for less than [`limits::FROZEN`] of the time.
    Frozen,
    /// The delay of the picture is below [`limits::DELAY`] for 95 % of the frames.
    Delay,
    /// Less than [`limits::CONCEALED`] of the audio is concealed.
    Concealed,
    /// The picture is not less like the film than at the next smaller size.
    Similarity,
}

impl Criterion {
    /// Returns it in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Measured => "not measured",
            Self::Size => "size not kept",
            Self::FrameRate => "frame rate",
            Self::Frozen => "frozen",
            Self::Delay => "delay",
            Self::Concealed => "concealed audio",
            Self::Similarity => "picture worse than a smaller one",
        }
    }
}
