//! `[compare]`: how two sides are compared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Metric, MetricKind};
use precall_netem::units::{Bitrate, Ratio, UnitError, parse_duration};

/// The smallest change of a metric that counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum MinimumEffect {
    /// In the metric's own unit: bit/s, seconds, a share of 1, a MOS, frames per second, a count.
    Absolute(f64),
    /// As a share of the first side's median, 0 to 1.
    Relative(f64),
}

impl Metric {
    /// Reads a change of the metric: `"5 %"`, `"20 kbit/s"`, `"0.2"`, `"20 ms"`.
    ///
    /// # Errors
    ///
    /// Returns what would be right when it is no quantity of the metric's kind.
    pub fn parse_effect(self, text: &str) -> Result<MinimumEffect, UnitError> {
        let share = || text.parse::<Ratio>().map(Ratio::get);
        match self.kind() {
            MetricKind::Bitrate if text.trim_end().ends_with('%') => share().map(MinimumEffect::Relative),
            MetricKind::Bitrate => {
                text.parse::<Bitrate>().map(|rate| MinimumEffect::Absolute(rate.bits_per_second() as f64))
            }
            MetricKind::Ratio | MetricKind::Boolean => share().map(MinimumEffect::Absolute),
            MetricKind::Time => parse_duration(text).map(|time| MinimumEffect::Absolute(time.as_secs_f64())),
            MetricKind::Number | MetricKind::Resolution | MetricKind::Text | MetricKind::Word(_) => {
                match text.trim().parse::<f64>() {
                    Ok(number) if number.is_finite() && number >= 0.0 => Ok(MinimumEffect::Absolute(number)),
                    _ => Err(UnitError::new(format!("{text:?} is no number from 0 on"), "write one, such as \"0.2\"")),
                }
            }
        }
    }

    /// Returns an example of a change of the metric, as `[compare]` has it.
    pub fn effect_example(self) -> &'static str {
        match self.kind() {
            MetricKind::Bitrate => "5 %",
            MetricKind::Ratio | MetricKind::Boolean => "2 %",
            MetricKind::Time => "20 ms",
            MetricKind::Number | MetricKind::Resolution | MetricKind::Text | MetricKind::Word(_) => "0.2",
        }
    }
}

/// How sides are compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CompareSpec {
    /// `level`: the probability of a false alarm in a cell, all its metrics together, 0 to 1. Default 5 %.
    pub level: f64,
    /// The smallest change that counts, for metrics where it is not the default.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, MinimumEffect>"))]
    pub minimum_effects: BTreeMap<Metric, MinimumEffect>,
}

impl Default for CompareSpec {
    fn default() -> Self {
        Self { level: 0.05, minimum_effects: BTreeMap::new() }
    }
}

impl CompareSpec {
    /// Returns the smallest change of a metric that counts; any change of a metric that is not compared.
    pub fn minimum_effect(&self, metric: Metric) -> MinimumEffect {
        let default = || metric.row().minimum_effect.unwrap_or(MinimumEffect::Absolute(0.0));
        self.minimum_effects.get(&metric).copied().unwrap_or_else(default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_changes_are_read() {
        for metric in Metric::compared() {
            assert!(metric.parse_effect(metric.effect_example()).is_ok(), "{metric}");
            assert!(metric.parse_effect("nonsense").is_err() && metric.parse_effect("-1").is_err());
        }
    }

    #[test]
    fn a_change_of_a_bitrate_is_a_share_or_a_bitrate() {
        assert_eq!(Metric::VideoBitrate.parse_effect("5 %"), Ok(MinimumEffect::Relative(0.05)));
        assert_eq!(Metric::VideoBitrate.parse_effect("20 kbit/s"), Ok(MinimumEffect::Absolute(20_000.0)));
        assert_eq!(Metric::LinkRoundTripTime.parse_effect("20 ms"), Ok(MinimumEffect::Absolute(0.02)));
    }
}
