//! A run as it was recorded: its result, and what its cases' files hold. What every report is made from.

use std::collections::BTreeMap;

use super::case::ConsoleLine;
use super::run::RunResult;
use crate::Sample;
use precall_netem::PathCounters;

/// A recorded run. No secret and no control character is in its texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// What it came to.
    pub result: RunResult,
    /// The scenario files that it was asked for, as absolute paths; empty when nothing but its results is left.
    pub scenarios: Vec<String>,
    /// What these scenarios are called, one for each file; empty in runs that an older precall recorded.
    pub scenario_names: Vec<String>,
    /// What people should know of it.
    pub warnings: Vec<String>,
    /// What its cases' files hold, by case id; a case that has none is missing.
    pub series: BTreeMap<String, CaseSeries>,
}

impl Recording {
    /// A run of which nothing but its result is known.
    pub fn of(result: RunResult) -> Self {
        Self {
            result,
            scenarios: Vec::new(),
            scenario_names: Vec::new(),
            warnings: Vec::new(),
            series: BTreeMap::new(),
        }
    }
}

/// What the last attempt at a case said while it ran. Times are in seconds since its network was applied; without a link, since
/// the first line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaseSeries {
    /// What the network-test module called back with.
    pub samples: Vec<(f64, Sample)>,
    /// What the links had done so far.
    pub link: Vec<(f64, PathCounters)>,
    /// W3C statistics, as far as reports use them.
    pub rtc: Vec<RtcSecond>,
    /// The page's console.
    pub console: Vec<(f64, ConsoleLine)>,
}

impl CaseSeries {
    /// The sender's estimates of its bandwidth (`availableOutgoingBitrate`), in bit/s, with when the browser gave them.
    pub fn sender_estimates(&self) -> Vec<(f64, f64)> {
        self.rtc.iter().filter_map(|second| Some((second.seconds, second.available_outgoing_bitrate?))).collect()
    }
}

/// What the browser's statistics say of one peer connection at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RtcSecond {
    /// When.
    pub seconds: f64,
    /// `currentRoundTripTime` of the nominated candidate pair, in seconds.
    pub round_trip_time: Option<f64>,
    /// `framesPerSecond` of the outgoing video.
    pub frame_rate_sent: Option<f64>,
    /// `availableOutgoingBitrate` of the nominated candidate pair of a connection that sends video, in bit/s.
    pub available_outgoing_bitrate: Option<f64>,
}
