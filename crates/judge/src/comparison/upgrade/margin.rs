//! The changes that must be excluded before the answer is "no worse".

use crate::comparison::model::MetricComparison;
use crate::statistics::highest_rate;
use precall_results::{CompareSpec, Metric, MinimumEffect};

/// The number of repeats below which no change can be detected.
pub const MIN_REPEATS: usize = 6;

/// The figures that decide: what a user sees and hears, in the order in which sentences name them. The others can make
/// a release worse, but are not waited for. The duration of a case depends on when its test happens to find the rate
/// steady, and the round-trip time on how full a deep queue happens to be.
pub(super) const DECISIVE: [Metric; 4] =
    [Metric::VideoBitrate, Metric::VideoMos, Metric::AudioMos, Metric::AudioBitrate];

/// The share of hanging cases that must be excluded, as a margin for bitrates and MOS must be: 1 in 5.
pub(super) const HANG_RATE: f64 = 0.2;
/// The confidence with which hangs must be excluded, one-sided.
pub(super) const HANG_CONFIDENCE: f64 = 0.975;

/// Returns the change of a figure that must be excluded, in its unit; `None` of a figure that does not decide. It is
/// the smallest change that counts by `[compare]` or `--minimum`, and by default 10 % of a bitrate and 0.15 of a MOS.
pub(super) fn margin(compared: &MetricComparison, spec: &CompareSpec) -> Option<f64> {
    match effect_to_exclude(compared.figure, spec)? {
        MinimumEffect::Absolute(effect) => Some(effect),
        MinimumEffect::Relative(share) => Some(share * compared.center_a?.abs()),
    }
}

/// Returns the change that must be excluded before anything was measured.
pub(super) fn effect_to_exclude(figure: Metric, spec: &CompareSpec) -> Option<MinimumEffect> {
    if !DECISIVE.contains(&figure) {
        return None;
    }
    let default = match figure {
        Metric::VideoMos | Metric::AudioMos => MinimumEffect::Absolute(0.15),
        _ => MinimumEffect::Relative(0.1),
    };
    Some(spec.minimum_effects.get(&figure).copied().unwrap_or(default))
}

/// Returns the smallest change of a figure that would have been reported: one that the test detects, and that counts.
pub(super) fn detectable_change(compared: &MetricComparison) -> Option<f64> {
    compared.detectable.map(|detectable| detectable.max(compared.minimum_effect))
}

/// Returns by how much the figure may be worse on the second side, by the far end of its interval. Negative when the
/// second side is certainly better.
pub(super) fn largest_loss(compared: &MetricComparison) -> Option<f64> {
    let shift = compared.shift?;
    Some(if compared.figure.more_is_better() { -shift.low } else { shift.high })
}

/// Whether this number of cases without a hang excludes that 1 in 5 hangs.
pub(super) fn hang_is_visible(cases: usize) -> bool {
    highest_rate(0, cases, HANG_CONFIDENCE) <= HANG_RATE
}
