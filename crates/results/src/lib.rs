//! The data of a run of precall: its events, its results, the metrics in them, outcomes and exit codes.
//!
//! `results.json` is a [`RunResult`]; every line of `events.jsonl` is a [`RunEvent`] with its time. Programs that read
//! them need this crate alone. It judges nothing: `precall-judge` does.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod accuracy;
mod attempts;
mod broken;
mod build_info;
mod call;
mod call_event;
mod call_metric;
mod case;
mod case_group;
mod case_network;
mod compare;
mod doubt;
mod exit;
mod expectation;
mod finding;
mod former;
mod ground_truth;
mod host_load;
mod media;
mod metric;
mod network_check;
mod outcome;
mod readable;
mod recording;
mod run;
mod run_rules;
mod sample;
#[cfg(feature = "schema")]
mod schema;
mod scoring;
mod signalling;
mod subject;
mod time;
mod upgrade;
pub mod webrtc_stats;

pub use accuracy::{Accuracy, Estimate};
pub use attempts::MeasuredAgain;
pub use build_info::BuildInfo;
pub use call::{
    CallError, CallResult, EventCount, PageCost, PageSecond, ParticipantResult, ReceivedAudio, ReceivedVideo,
    SubscriptionResult,
};
pub use call_event::{
    AudioReceived, CallEvent, CallEventKind, CallEventLine, Perceived, Presented, SoundSum, StreamTracks,
    SubscriptionSample, VideoReceived,
};
pub use case::{Attempt, CasePhase, CaseResult, ConsoleLine, PlatformInfo, PlatformLine};
pub use case_group::{CaseGroup, CaseGroups, CaseKey};
pub use case_network::{CaseNetwork, FirewallResult, MeasuredLink, MeasuredNetwork};
pub use compare::{CompareSpec, MinimumEffect};
pub use doubt::Doubt;
pub use exit::{EXIT_CODES_HELP, Exit};
pub use expectation::{Aggregate, Expectation, ExpectedValue, Level, Operator, Source, Window};
pub use finding::{CheckedExpectation, Finding, Measured};
pub use ground_truth::{GroundTruth, LinkGroundTruth};
pub use host_load::{HostLoad, HostSecond};
pub use media::{CandidateType, FrameSize, IpVersion, MediaDirection, MediaRoute, MediaTransport, MediaTravel};
pub use metric::{CaseKind, Gauge, Metric, MetricKind, MetricRow, MetricUnit, MetricValue, ReadCall, ReadMetric};
pub use network_check::{NetworkCheck, Quantity};
pub use outcome::Outcome;
pub use recording::{CaseSeries, RecordedFile, Recording, RtcSecond};
pub use run::{CaseSummary, DecidedCase, Environment, RunEvent, RunInfo, RunResult, SCHEMA_VERSION};
pub use run_rules::{RepeatsExpectation, Violation};
pub use sample::{
    AudioCounters, AudioQuality, ConnectivityResult, FailedTest, NamedError, Phase, QualityResult, Sample,
    VideoCounters, VideoQuality,
};
#[cfg(feature = "schema")]
pub use schema::results_schema;
pub use scoring::ScoringProfile;
pub use signalling::Signalling;
pub use subject::Subject;
pub use upgrade::{Answer, BUILD_AXES, GateInfo, Sides, Upgrade, UpgradeCell, Worsening};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
