//! What follows from the row of a metric, and how metrics are found and read by name.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::row::{MetricRow, ReadMetric};
use super::table::{Metric, TABLE};
use super::{CaseKind, MetricKind, MetricUnit, MetricValue};
use crate::CaseResult;

/// The names that metrics had in `[compare]` and in comparisons of former versions, and still may have there.
const FORMER_NAMES: [(&str, Metric); 1] = [("roundTripTime", Metric::LinkRoundTripTime)];

impl Metric {
    /// Returns the metric's row of the table.
    pub fn row(self) -> &'static MetricRow {
        // The enum and the table are made from the same rows.
        &TABLE[self as usize]
    }

    /// Returns the metric of a name; `None` if there is none.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|metric| metric.as_str() == name)
    }

    /// Returns the metric that comparisons know by this name, now or in files of former versions; `None` if there is
    /// none.
    pub fn from_compared_name(name: &str) -> Option<Self> {
        let former = || FORMER_NAMES.into_iter().find(|(former, _)| *former == name).map(|(_, metric)| metric);
        Self::from_name(name).or_else(former).filter(|metric| metric.row().minimum_effect.is_some())
    }

    /// Returns the names that `[expect]` can have.
    pub fn expected_names() -> Vec<&'static str> {
        Self::expected().map(Self::as_str).collect()
    }

    /// Returns the metrics that `[expect]` can name.
    pub fn expected() -> impl Iterator<Item = Self> + Clone {
        Self::ALL.iter().copied().filter(|metric| metric.row().is_expected)
    }

    /// Returns the metrics that comparisons look at.
    pub fn compared() -> impl Iterator<Item = Self> + Clone {
        Self::ALL.iter().copied().filter(|metric| metric.row().minimum_effect.is_some())
    }

    /// Returns the metrics that comparisons of such cases look at.
    pub fn compared_in(kind: CaseKind) -> impl Iterator<Item = Self> + Clone {
        Self::compared().filter(move |metric| metric.applies_to(kind))
    }

    /// Returns whether cases of a kind can have a value of the metric.
    pub fn applies_to(self, kind: CaseKind) -> bool {
        let row = self.row();
        match (kind, row.read) {
            (_, ReadMetric::Case(_)) => true,
            (CaseKind::NetworkTest, ReadMetric::CallOnly) => false,
            (CaseKind::NetworkTest, ReadMetric::Reported(_) | ReadMetric::Observed(_)) => true,
            (CaseKind::Call, _) => row.call.is_some(),
        }
    }

    /// Returns the metrics whose values are numbers, which have a median and a trend.
    pub fn numeric() -> impl Iterator<Item = Self> + Clone {
        let is_number = |kind| !matches!(kind, MetricKind::Resolution | MetricKind::Text | MetricKind::Word(_));
        Self::ALL.iter().copied().filter(move |metric| is_number(metric.kind()))
    }

    /// Returns the name in scenarios and files.
    pub fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Returns the name in a sentence: `video MOS`.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Whether a larger value is better.
    pub fn more_is_better(self) -> bool {
        self.row().more_is_better == Some(true)
    }

    /// Returns the kind of its values.
    pub fn kind(self) -> MetricKind {
        self.row().kind
    }

    /// Returns the unit that its numbers are written in.
    pub fn unit(self) -> MetricUnit {
        self.row().unit
    }

    /// Returns a value as expectations have it, for use in advice.
    pub fn typical(self) -> &'static str {
        match self.unit() {
            MetricUnit::FramesPerSecond => "20",
            MetricUnit::Count => "2",
            MetricUnit::Megabytes => "50",
            _ => self.kind().quantity(),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name)
            .or_else(|| Self::from_compared_name(&name))
            .ok_or_else(|| serde::de::Error::custom(format!("`{name}` is no metric")))
    }
}

impl CaseResult {
    /// Returns whether the case ran a network test or a call.
    pub fn kind(&self) -> CaseKind {
        if self.call.is_some() { CaseKind::Call } else { CaseKind::NetworkTest }
    }

    /// Returns the value that the case has of a metric; of a call, that of all its participants or subscriptions
    /// together. `None` where there is none.
    pub fn metric(&self, metric: Metric) -> Option<MetricValue> {
        match metric.row().read {
            ReadMetric::Case(read) => read(self),
            _ if self.call.is_some() => self.call.as_ref()?.metric(metric, None),
            ReadMetric::CallOnly => None,
            ReadMetric::Reported(read) => read(&self.measured),
            ReadMetric::Observed(read) => read(&self.ground_truth()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_complete() {
        let mut names = BTreeSet::new();
        for metric in Metric::ALL.iter().copied() {
            let row = metric.row();
            assert!(names.insert(row.name), "{metric} stands twice");
            assert_eq!(Metric::from_name(row.name), Some(metric));
            assert!(row.description.ends_with('.') && row.description.len() > 20, "{metric}");
            assert!(row.is_expected || row.minimum_effect.is_some(), "{metric} is used for nothing");
            assert!(row.minimum_effect.is_none() || row.more_is_better.is_some(), "{metric}: which way is better?");
            assert_eq!(serde_json::to_value(metric).expect("serialises"), row.name);
            assert!(row.minimum_effect.is_none() || row.label != row.name, "{metric} has no name for sentences");
        }
    }

    #[test]
    fn a_former_name_is_read() {
        let read = |name: &str| serde_json::from_value::<Metric>(name.into()).ok();
        assert_eq!(read("roundTripTime"), Some(Metric::LinkRoundTripTime));
        assert_eq!(read("round.trip.time"), None);
    }
}
