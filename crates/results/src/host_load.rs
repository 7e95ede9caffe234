//! How busy the host of a case was.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use precall_netem::units::Ratio;

/// What the host was like while quality was measured. What could not be found out is absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostLoad {
    /// Share of the time in which some task waited for a CPU; as the next two, in the busiest part as long as
    /// [`HostLoad::WINDOW`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_pressure: Option<Ratio>,
    /// Share of the CPUs' time that was used, or taken by other guests of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_busy: Option<Ratio>,
    /// Share of the time in which the control group's quota held its tasks back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_throttled: Option<Ratio>,
    /// How late the page's timer was, in milliseconds; the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_lag_ms: Option<f64>,
    /// Mean time to encode a frame, in milliseconds (`totalEncodeTime` by `framesEncoded`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encode_ms_per_frame: Option<f64>,
    /// Mean frame rate of the camera (`framesPerSecond` of `media-source`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_frame_rate: Option<f64>,
}

impl HostLoad {
    /// How long the host must be short of CPUs to count. In less, cases that share it begin and end.
    pub const WINDOW: Duration = Duration::from_secs(10);
}
