//! How busy the host of a case was.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use precall_netem::units::Ratio;

/// The load of the host while quality was measured. Figures that could not be measured are absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HostLoad {
    /// The share of the time in which some task waited for a CPU (`some` of pressure stall information). This and the
    /// next two are of the busiest [`HostLoad::WINDOW`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_pressure: Option<Ratio>,
    /// The share of the CPUs' time that was used, or stolen by other guests of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_busy: Option<Ratio>,
    /// The share of the time in which the CPU quota of the control group throttled its tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_throttled: Option<Ratio>,
    /// The median lateness of a timer of the page; in files in milliseconds.
    #[serde(
        rename = "pageLagMs",
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::time::optional_milliseconds"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub page_lag: Option<Duration>,
    /// The mean time to encode a frame (`totalEncodeTime` by `framesEncoded`); in files in milliseconds.
    #[serde(
        rename = "encodeMsPerFrame",
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::time::optional_milliseconds"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub encode_time_per_frame: Option<Duration>,
    /// The mean frame rate of the camera (`framesPerSecond` of `media-source`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_frame_rate: Option<f64>,
}

/// The load of the host in one second of a quality test.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HostSecond {
    /// The share of the CPUs' time that was used, or stolen by other guests of the machine. Absent where the kernel
    /// does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_busy: Option<Ratio>,
    /// The share of the time in which some task waited for a CPU. Absent where the kernel does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_pressure: Option<Ratio>,
}

impl HostLoad {
    /// How long the host must be short of CPUs before it counts. Cases that share the host begin and end in less.
    pub const WINDOW: Duration = Duration::from_secs(10);
}
