//! The sensitivity of a gate before it runs.

use std::collections::BTreeMap;

use super::looks::Looks;
use super::margin::effect_to_exclude;
use crate::comparison::metric_value::value;
use crate::statistics::expected_paired_shift;
use precall_netem::NetworkConfig;
use precall_results::RunResult;
use precall_results::{BUILD_AXES, CompareSpec, Metric, MetricKind, MinimumEffect};

/// The variation of figures between the repeats of one build.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// The standard deviation of the received video bitrate, as a share of its mean.
    pub bitrate: f64,
    /// The standard deviation of the video MOS.
    pub mos: f64,
}

impl Noise {
    /// Returns the variation to expect of a detailed camera of 640x480 before anything has run. Without a rate limit it
    /// is that of recorded cases (`tests/fixtures/runs/`: `clean`). With one it is the pooled deviation of a gate of 20
    /// repeats on `3g` and `cable`, with as many cases at once as a gate runs on two CPUs (5.8 % and 0.04). With chance
    /// on the link it is that of a gate of 24 repeats on `wifi-hotel`.
    pub fn expected(network: &NetworkConfig) -> Self {
        let links = [&network.up, &network.down];
        let is_random = links
            .iter()
            .any(|link| !link.jitter.is_zero() || link.loss.is_some() || link.burst.is_some() || link.trace.is_some());
        let is_limited = links.iter().any(|link| link.rate.is_some());
        match (is_random, is_limited) {
            (true, _) => Self { bitrate: 0.25, mos: 0.29 },
            (false, true) => Self { bitrate: 0.06, mos: 0.05 },
            (false, false) => Self { bitrate: 0.012, mos: 0.01 },
        }
    }

    /// Returns the variation in the cells of an earlier run with this name and these axes, of any build; `None` when
    /// that run has too few cases.
    pub fn seen(run: &RunResult, name: &str, axes: &BTreeMap<String, String>) -> Option<Self> {
        let is_build = |axis: &str| BUILD_AXES.contains(&axis);
        let other = |axes: &BTreeMap<String, String>| -> Vec<(String, String)> {
            axes.iter().filter(|(axis, _)| !is_build(axis)).map(|(axis, value)| (axis.clone(), value.clone())).collect()
        };
        // Builds may differ from one another, so each has its own mean.
        let mut builds: BTreeMap<Vec<&String>, Vec<(f64, f64)>> = BTreeMap::new();
        for case in run.cases.iter().filter(|case| case.outcome.is_conclusive() && case.name == name) {
            let figures = (value(Metric::VideoBitrate, case), value(Metric::VideoMos, case));
            if let ((Some(bitrate), Some(mos)), true) = (figures, other(&case.axes) == other(axes)) {
                let build = case.axes.iter().filter(|(axis, _)| is_build(axis)).map(|(_, value)| value).collect();
                builds.entry(build).or_default().push((bitrate, mos));
            }
        }
        let all: Vec<_> = builds.into_values().filter(|values| values.len() >= 3).collect();
        let degrees: usize = all.iter().map(|values| values.len() - 1).sum();
        let deviation = |pick: &dyn Fn(&(f64, f64)) -> f64, is_share: bool| {
            let squares = all.iter().map(|values| {
                let mean = values.iter().map(pick).sum::<f64>() / values.len() as f64;
                let scale = if is_share { mean } else { 1.0 };
                values.iter().map(|value| ((pick(value) - mean) / scale).powi(2)).sum::<f64>()
            });
            (squares.sum::<f64>() / degrees as f64).sqrt()
        };
        (degrees > 0).then(|| Self { bitrate: deviation(&|pair| pair.0, true), mos: deviation(&|pair| pair.1, false) })
    }
}

/// The smallest changes of a cell that a gate is expected to detect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    /// The smallest change of the received video bitrate, as a share.
    pub bitrate: f64,
    /// The smallest change of the video MOS.
    pub mos: f64,
}

/// The usual number of figures of a cell that are tested together. Figures that are the same in all cases are not
/// tested.
const TESTS: f64 = 8.0;

/// Returns the smallest changes that a gate with this number of repeats and cells detects in a cell with this noise, if
/// it goes to its end; `None` when it cannot detect any.
pub fn expected_sensitivity(noise: Noise, repeats: u32, cells: usize, spec: &CompareSpec) -> Option<Sensitivity> {
    let level = Looks::new(repeats, spec.level).last_level() / cells.max(1) as f64 / TESTS;
    let seen = |deviation: f64, figure: Metric| {
        let least = match spec.minimum_effect(figure) {
            MinimumEffect::Absolute(effect) | MinimumEffect::Relative(effect) => effect,
        };
        expected_paired_shift(deviation, repeats as usize, level).map(|shift| shift.max(least))
    };
    Some(Sensitivity { bitrate: seen(noise.bitrate, Metric::VideoBitrate)?, mos: seen(noise.mos, Metric::VideoMos)? })
}

/// Whether a cell with this sensitivity can be answered with "no worse".
pub fn is_sensitive_enough(seen: Sensitivity, spec: &CompareSpec) -> bool {
    let excludes = |figure: Metric, seen: f64| match effect_to_exclude(figure, spec) {
        // The bitrate of which such a change is a part is not known yet.
        Some(MinimumEffect::Absolute(_)) if figure.kind() == MetricKind::Bitrate => true,
        Some(MinimumEffect::Absolute(most) | MinimumEffect::Relative(most)) => seen <= most,
        None => true,
    };
    excludes(Metric::VideoBitrate, seen.bitrate) && excludes(Metric::VideoMos, seen.mos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_repeats_detect_a_change_of_a_tenth() {
        let spec = CompareSpec::default();
        let limited = expected_sensitivity(Noise { bitrate: 0.03, mos: 0.04 }, 20, 2, &spec).expect("enough repeats");
        assert!(limited.bitrate <= 0.1 && limited.mos <= 0.15, "{limited:?}");
        assert!(limited.bitrate >= 0.05, "no change below the smallest that counts is promised: {limited:?}");
        let few = expected_sensitivity(Noise { bitrate: 0.03, mos: 0.04 }, 6, 2, &spec).expect("enough repeats");
        assert!(few.bitrate > limited.bitrate && few.mos > limited.mos, "{few:?}");
    }
}
