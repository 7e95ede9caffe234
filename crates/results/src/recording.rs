//! A recorded run: its result and the files of its cases. Every report is made from it.

use std::collections::BTreeMap;

use super::case::{ConsoleLine, PlatformLine};
use super::host_load::HostSecond;
use super::run::RunResult;
use crate::webrtc_stats::{MediaKind, StatsEntry};
use crate::{CallEventLine, PageSecond, Sample, SubscriptionSample};
use precall_netem::LinkReading;

/// A recorded run. No secret and no control character is in its texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// The result of the run.
    pub result: RunResult,
    /// The absolute paths of the scenario files; empty when nothing but the results is left.
    pub scenarios: Vec<String>,
    /// The names of these scenarios, one for each file; empty in runs of versions that did not record them.
    pub scenario_names: Vec<String>,
    /// The warnings of the run.
    pub warnings: Vec<String>,
    /// The time series of the cases, by id. A case without files is missing.
    pub series: BTreeMap<String, CaseSeries>,
}

impl Recording {
    /// Returns a recording with nothing but a result.
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

/// The time series of the last attempt at a case. Times are in seconds since its network was applied; without a link,
/// since the first line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CaseSeries {
    /// When the attempt began, in seconds since 1970; absent where the events of the run do not tell.
    pub began: Option<f64>,
    /// The samples of the network-test module.
    pub samples: Vec<(f64, Sample)>,
    /// The counters of the links.
    pub link: Vec<LinkReading>,
    /// The counters of the links of each participant of a call; empty for a network test.
    pub participant_links: Vec<(String, Vec<LinkReading>)>,
    /// What the page of each participant of a call used; empty for a network test.
    pub pages: Vec<(String, Vec<(f64, PageSecond)>)>,
    /// The events of a call; empty for a network test.
    pub call: Vec<CallEventLine>,
    /// The counters of the subscriptions of a call; empty for a network test.
    pub subscriptions: Vec<SubscriptionSample>,
    /// The W3C statistics that reports use.
    pub rtc: Vec<RtcSecond>,
    /// The lines of the console of the page.
    pub console: Vec<(f64, ConsoleLine)>,
    /// The events of the platform.
    pub platform: Vec<(f64, PlatformLine)>,
    /// The load of the host, each second of the quality test.
    pub host: Vec<(f64, HostSecond)>,
    /// A picture of the page at the end, as PNG; empty where a case has none.
    pub screenshot: Vec<u8>,
    /// The files that all this was read from.
    pub files: Vec<RecordedFile>,
}

impl CaseSeries {
    /// Returns the samples of each subscription of a call, in the order in which they began: the participant, the
    /// publisher, the name of the stream, and the samples.
    pub fn by_subscription(&self) -> Vec<(&str, &str, &str, Vec<&SubscriptionSample>)> {
        let mut all: Vec<(&str, &str, &str, Vec<&SubscriptionSample>)> = Vec::new();
        for sample in &self.subscriptions {
            let key = (sample.participant.as_str(), sample.publisher.as_str(), sample.stream.as_str());
            match all.iter_mut().find(|(participant, publisher, stream, _)| (*participant, *publisher, *stream) == key)
            {
                Some((.., samples)) => samples.push(sample),
                None => all.push((key.0, key.1, key.2, vec![sample])),
            }
        }
        all
    }

    /// Returns the sender's bandwidth estimates (`availableOutgoingBitrate`), each as seconds and bit/s.
    pub fn sender_estimates(&self) -> Vec<(f64, f64)> {
        self.rtc.iter().filter_map(|second| Some((second.seconds, second.available_outgoing_bitrate?))).collect()
    }
}

/// A file of a case, and which of its lines are of the last attempt.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordedFile {
    /// The path below the directory of the run, with `/` between its parts.
    pub path: String,
    /// The time of each line in seconds, as in [`CaseSeries`], and the number of the line in the file, from 1.
    pub lines: Vec<(f64, usize)>,
}

/// The statistics of one peer connection at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RtcSecond {
    /// Seconds since the network was applied.
    pub seconds: f64,
    /// `currentRoundTripTime` of the nominated candidate pair, in seconds.
    pub round_trip_time: Option<f64>,
    /// `framesPerSecond` of the outgoing video.
    pub frame_rate_sent: Option<f64>,
    /// `availableOutgoingBitrate` of the nominated candidate pair of a connection that sends video, in bit/s.
    pub available_outgoing_bitrate: Option<f64>,
}

impl RtcSecond {
    /// Returns what the entries of a report say that was made at a time, in seconds since the network was applied.
    pub fn of(seconds: f64, entries: &[StatsEntry]) -> Self {
        let nominated = || entries.iter().filter_map(StatsEntry::as_candidate_pair).filter(|pair| pair.nominated);
        let mut sent = entries.iter().filter_map(StatsEntry::as_outbound_rtp);
        let sends_video = sent.clone().any(|stream| stream.kind == Some(MediaKind::Video));
        let estimate = nominated().find_map(|pair| pair.available_outgoing_bitrate);
        Self {
            seconds,
            round_trip_time: nominated().find_map(|pair| pair.current_round_trip_time),
            frame_rate_sent: sent.find_map(|stream| stream.frames_per_second),
            available_outgoing_bitrate: estimate.filter(|_| sends_video),
        }
    }
}
