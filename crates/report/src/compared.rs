//! The parts of a comparison as text, the same in every report.

use crate::format::{self, or_none};
use precall_judge::comparison::{Comparison, MetricComparison};
use precall_netem::units::decimals_apart;
use precall_results::{Metric, MetricKind, MetricUnit};

/// Returns the median of the first side and its number of cases. For a rate it also returns the confidence interval.
pub(super) fn center_a(figures: &MetricComparison) -> String {
    center(figures.figure, figures.center_a, figures.a.len(), figures.rates.map(|rates| rates.a))
}

/// Returns the median of the second side and its number of cases. For a rate it also returns the confidence interval.
pub(super) fn center_b(figures: &MetricComparison) -> String {
    center(figures.figure, figures.center_b, figures.b.len(), figures.rates.map(|rates| rates.b))
}

fn center(figure: Metric, center: Option<f64>, count: usize, rate: Option<(f64, f64)>) -> String {
    let center = or_none(center, |center| value(figure, center));
    match rate {
        Some((low, high)) => format!("{center} of {count} [{}, {}]", share(low), share(high)),
        None => format!("{center} ({count})"),
    }
}

/// Returns the difference of the second side from the first with its interval. Shares differ by percentage points.
pub(super) fn shift(figures: &MetricComparison) -> String {
    or_none(difference(figures), |(estimate, ends)| format!("{estimate} [{}, {}]", ends[0], ends[1]))
}

/// Returns the difference of the second side from the first, for a bitrate also in percent, and both ends of its
/// interval.
pub(super) fn difference(figures: &MetricComparison) -> Option<(String, [String; 2])> {
    let shift = figures.shift?;
    let size = difference_of(figures.figure, shift.estimate.abs(), Some(figures.minimum_effect));
    let relative = match (figures.figure.kind(), figures.center_a) {
        (MetricKind::Bitrate, Some(a)) if a > 0.0 => format!(", {:+.1} %", shift.estimate / a * 100.0),
        _ => String::new(),
    };
    let ends = [shift.low, shift.high].map(|end| signed(end, &difference_of(figures.figure, end.abs(), None)));
    Some((format!("{}{relative}", signed(shift.estimate, &size)), ends))
}

/// Returns the p-value, adjusted for all figures of the cell.
pub(super) fn adjusted_p(figures: &MetricComparison) -> String {
    or_none(figures.adjusted_p, |p| if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") })
}

/// Returns the reason for a figure's verdict, the smallest change that is relevant, and the kind of test.
pub(super) fn reason(figures: &MetricComparison) -> String {
    let estimate = figures.shift.map(|shift| shift.estimate.abs());
    let relevant = difference_of(figures.figure, figures.minimum_effect, estimate);
    let test = if figures.paired { "pairs" } else { "independent samples" };
    format!("{} (relevant from {relevant}; {test})", figures.reason)
}

/// Returns the number of cells for each verdict.
pub(super) fn counts(comparison: &Comparison) -> String {
    use precall_judge::comparison::Change::{Improved, Inconclusive, Regressed, Unchanged};
    let count = |change| comparison.cells.iter().filter(|cell| cell.change == change).count();
    let all = [Regressed, Improved, Unchanged, Inconclusive].map(|change| (count(change), change.as_str()));
    let counts: Vec<_> =
        all.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    format!("{}: {}", format::count(comparison.cells.len(), "cell", "cells"), counts.join(", "))
}

/// Returns the smallest change that this number of cases can detect.
pub(super) fn detectable(figures: &MetricComparison) -> String {
    or_none(figures.detectable, |detectable| difference_of(figures.figure, detectable, Some(figures.minimum_effect)))
}

/// Returns the smallest change that would be reported: one that is relevant, and that this number of cases can detect.
pub(super) fn reportable(figures: &MetricComparison) -> Option<String> {
    figures.detectable.map(|detectable| difference_of(figures.figure, detectable.max(figures.minimum_effect), None))
}

/// Returns a value with its unit.
pub(super) fn value(figure: Metric, value: f64) -> String {
    with_unit(figure, value, None)
}

/// Returns a range of values; a unit that both have is given once.
pub(super) fn range(figure: Metric, low: f64, high: f64) -> String {
    let (low, high) = (value(figure, low), value(figure, high));
    let unit = |text: &str| text.split_once(' ').map(|(_, unit)| unit.to_owned());
    match (low.split_once(' '), unit(&low) == unit(&high)) {
        (Some((number, _)), true) => format!("{number} to {high}"),
        _ => format!("{low} to {high}"),
    }
}

/// Returns a value with its unit, and with enough decimals to distinguish it from the bound.
fn with_unit(figure: Metric, value: f64, bound: Option<f64>) -> String {
    let (per_unit, decimals, unit) = match figure.kind() {
        MetricKind::Number if figure.unit() == MetricUnit::Count => (1.0, 1, ""),
        MetricKind::Number if figure.unit() == MetricUnit::Megabytes => (1.0, 1, " MB"),
        MetricKind::Number | MetricKind::Resolution | MetricKind::Text | MetricKind::Word(_) => (1.0, 2, ""),
        MetricKind::Bitrate if value >= 999_500.0 => (1e-6, 2, " Mbit/s"),
        MetricKind::Bitrate => (1e-3, 0, " kbit/s"),
        MetricKind::Ratio => (100.0, 1, " %"),
        MetricKind::Boolean => (100.0, 0, " %"),
        MetricKind::Time if figure == Metric::Seconds => (1.0, 1, " s"),
        MetricKind::Time if value > 0.0 && value < 0.01 => (1e3, 1, " ms"),
        MetricKind::Time => (1e3, 0, " ms"),
    };
    let decimals = bound.map_or(decimals, |bound| decimals_apart(value * per_unit, bound * per_unit, decimals));
    format!("{:.decimals$}{unit}", value * per_unit)
}

/// Returns a difference with its unit. Shares differ by percentage points.
fn difference_of(figure: Metric, difference: f64, bound: Option<f64>) -> String {
    let text = with_unit(figure, difference, bound);
    match (figure.kind(), text.strip_suffix(" %")) {
        (MetricKind::Ratio | MetricKind::Boolean, Some("1")) => "1 point".to_owned(),
        (MetricKind::Ratio | MetricKind::Boolean, Some(number)) => format!("{number} points"),
        _ => text,
    }
}

/// Adds the sign to the size of a difference.
fn signed(difference: f64, size: &str) -> String {
    match difference {
        0.0 => size.to_owned(),
        negative if negative < 0.0 => format!("-{size}"),
        _ => format!("+{size}"),
    }
}

/// Returns a share as `83 %`.
fn share(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}
