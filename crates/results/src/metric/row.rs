//! A row of the table of metrics.

use super::{MetricKind, MetricUnit, MetricValue};
use crate::{
    CallEventKind, CaseResult, GroundTruth, Measured, MinimumEffect, ParticipantResult, ReceivedAudio, ReceivedVideo,
    SubscriptionResult,
};

/// All that is known of a metric.
#[derive(Debug, Clone, Copy)]
pub struct MetricRow {
    /// The name in scenarios, files and documents: `video.mos`.
    pub name: &'static str,
    /// The name in a sentence: `video MOS`.
    pub label: &'static str,
    /// A sentence on the metric and its origin.
    pub description: &'static str,
    /// The kind of its values.
    pub kind: MetricKind,
    /// The unit that its numbers are written in.
    pub unit: MetricUnit,
    /// The smallest and the largest value that it can have, in the metric's own unit, or in pixels of a resolution;
    /// `None` where values have no order.
    pub range: Option<(f64, f64)>,
    /// Whether a larger value is better; `None` where neither is.
    pub more_is_better: Option<bool>,
    /// How the value of a network test is read, or of a case of any kind.
    pub read: ReadMetric,
    /// How the values of a call are read; `None` where calls do not have it.
    pub call: Option<ReadCall>,
    /// Whether `[expect]` can name it.
    pub is_expected: bool,
    /// Whether a network test's value follows from the samples of each second, so that an expectation can be about a
    /// part of the test.
    pub is_sampled: bool,
    /// Whether its value in a call follows from an event and not from what is summed up.
    pub is_of_events: bool,
    /// The smallest change that counts in comparisons, unless a scenario says otherwise: one that a user could notice,
    /// and that a new release should not cause. `None` where the metric is not compared.
    pub minimum_effect: Option<MinimumEffect>,
    /// How it is written as OpenMetrics; `None` where it is not.
    pub gauge: Option<Gauge>,
}

impl MetricRow {
    /// Whether an expectation can be about a part of a case of this kind: in a network test of what is sampled each
    /// second, in a call of what is summed over the received streams.
    pub fn has_parts(&self, kind: CaseKind) -> bool {
        match kind {
            CaseKind::NetworkTest => self.is_sampled,
            // The time to the first frame follows from events.
            CaseKind::Call => matches!(self.call, Some(ReadCall::Video(_) | ReadCall::Audio(_))) && !self.is_of_events,
        }
    }
}

/// How the value of a metric is read, by where it comes from.
#[derive(Debug, Clone, Copy)]
pub enum ReadMetric {
    /// From what the page reported.
    Reported(fn(&Measured) -> Option<MetricValue>),
    /// From what the links counted and what the browser's statistics say.
    Observed(fn(&GroundTruth) -> Option<MetricValue>),
    /// From the result of the whole case.
    Case(fn(&CaseResult) -> Option<MetricValue>),
    /// Network tests do not have it.
    CallOnly,
}

/// How the values of a call are read, by what has one.
#[derive(Debug, Clone, Copy)]
pub enum ReadCall {
    /// Each participant.
    Participant(fn(&ParticipantResult) -> Option<MetricValue>),
    /// Each subscription.
    Subscription(fn(&SubscriptionResult) -> Option<MetricValue>),
    /// Each subscription to a stream with video.
    Video(fn(&ReceivedVideo) -> Option<MetricValue>),
    /// Each subscription to a stream with audio.
    Audio(fn(&ReceivedAudio) -> Option<MetricValue>),
    /// The number of events of this kind.
    Events(CallEventKind),
    /// The reason that the last event of this kind gave.
    Reason(CallEventKind),
}

/// The kinds of cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseKind {
    /// A case that runs a network test.
    NetworkTest,
    /// A case that runs a call.
    Call,
}

/// A gauge of OpenMetrics with one sample for each case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gauge {
    /// The name of the metric family.
    pub name: &'static str,
    /// The unit at the end of the name; `None` where it has none.
    pub unit: Option<&'static str>,
    /// The help text of the family.
    pub help: &'static str,
    /// The factor from the metric's own unit to the gauge's.
    pub factor: f64,
}
