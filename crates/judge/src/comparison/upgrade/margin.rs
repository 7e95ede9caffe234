//! What has to be excluded before the answer is "no worse".

use crate::comparison::model::Figures;
use crate::statistics::highest_rate;
use precall_results::{CompareSpec, Metric, MinimumEffect};

/// The figures that decide: what a user sees and hears. Others can make a release worse, but are not waited for: the duration of
/// a case depends on when its test happens to call the rate steady, and the round-trip time on how full a deep queue happens to be.
pub(super) const DECISIVE: [Metric; 4] =
    [Metric::VideoBitrate, Metric::VideoMos, Metric::AudioMos, Metric::AudioBitrate];

/// The share of hanging cases that has to be excluded, as with bitrates and MOS: 1 in 5.
pub(super) const HANG_RATE: f64 = 0.2;
/// How sure that has to be, one-sided.
pub(super) const HANG_CONFIDENCE: f64 = 0.975;

/// The change of a figure that has to be excluded, in its unit; `None` of a figure that does not decide. It is what `[compare]`
/// or `--minimum` say from which change on the figure counts; if they say nothing, 10 % of a bitrate and 0.15 of a MOS.
pub(super) fn margin(figures: &Figures, spec: &CompareSpec) -> Option<f64> {
    match to_exclude(figures.figure, spec)? {
        MinimumEffect::Absolute(effect) => Some(effect),
        MinimumEffect::Relative(share) => Some(share * figures.center_a?.abs()),
    }
}

/// The same before anything was measured.
pub(super) fn to_exclude(figure: Metric, spec: &CompareSpec) -> Option<MinimumEffect> {
    if !DECISIVE.contains(&figure) {
        return None;
    }
    let default = match figure {
        Metric::VideoMos | Metric::AudioMos => MinimumEffect::Absolute(0.15),
        _ => MinimumEffect::Relative(0.1),
    };
    Some(spec.minimum_effects.get(&figure).copied().unwrap_or(default))
}

/// The smallest change of a figure that would have been seen: one that a test finds, and that is as much as counts.
pub(super) fn visible(figures: &Figures) -> Option<f64> {
    figures.detectable.map(|detectable| detectable.max(figures.minimum_effect))
}

/// By how much the figure may be worse on the second side; the far end of its interval. Negative when it is certainly better.
pub(super) fn worst(figures: &Figures) -> Option<f64> {
    let shift = figures.shift?;
    Some(if figures.figure.more_is_better() { -shift.low } else { shift.high })
}

/// Whether so many cases without a hang exclude that 1 in 5 hangs.
pub(in crate::comparison) fn hang_is_visible(cases: usize) -> bool {
    highest_rate(0, cases, HANG_CONFIDENCE) <= HANG_RATE
}
