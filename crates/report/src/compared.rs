//! What is compared, in words: the same in every report.

use crate::format::{self, or_none};
use precall_judge::comparison::{Comparison, Figures};
use precall_netem::units::decimals_apart;
use precall_results::{Metric, MetricKind, MetricUnit};

/// The middle of the first side, and of how many cases; of a rate with what it may be.
pub(super) fn center_a(figures: &Figures) -> String {
    center(figures.figure, figures.center_a, figures.a.len(), figures.rates.map(|rates| rates.a))
}

/// The middle of the second side, and of how many cases; of a rate with what it may be.
pub(super) fn center_b(figures: &Figures) -> String {
    center(figures.figure, figures.center_b, figures.b.len(), figures.rates.map(|rates| rates.b))
}

fn center(figure: Metric, center: Option<f64>, count: usize, rate: Option<(f64, f64)>) -> String {
    let center = or_none(center, |center| value(figure, center));
    match rate {
        Some((low, high)) => format!("{center} of {count} [{}, {}]", share(low), share(high)),
        None => format!("{center} ({count})"),
    }
}

/// By how much the second side is above the first, with the interval; of shares in percentage points.
pub(super) fn shift(figures: &Figures) -> String {
    or_none(difference(figures), |(estimate, ends)| format!("{estimate} [{}, {}]", ends[0], ends[1]))
}

/// By how much the second side is above the first, of a bitrate in per cent as well; and both ends of the interval.
pub(super) fn difference(figures: &Figures) -> Option<(String, [String; 2])> {
    let shift = figures.shift?;
    let size = difference_of(figures.figure, shift.estimate.abs(), Some(figures.minimum_effect));
    let relative = match (figures.figure.kind(), figures.center_a) {
        (MetricKind::Bitrate, Some(a)) if a > 0.0 => format!(", {:+.1} %", shift.estimate / a * 100.0),
        _ => String::new(),
    };
    let ends = [shift.low, shift.high].map(|end| signed(end, &difference_of(figures.figure, end.abs(), None)));
    Some((format!("{}{relative}", signed(shift.estimate, &size)), ends))
}

/// The p-value of all figures of the cell together.
pub(super) fn adjusted_p(figures: &Figures) -> String {
    or_none(figures.adjusted_p, |p| if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") })
}

/// Why a figure's change is what it is, from which change on it counts, and by which test.
pub(super) fn reason(figures: &Figures) -> String {
    let estimate = figures.shift.map(|shift| shift.estimate.abs());
    let counts = difference_of(figures.figure, figures.minimum_effect, estimate);
    let test = if figures.paired { "pairs" } else { "independent samples" };
    format!("{} (counts from {counts} on; {test})", figures.reason)
}

/// How many cells came to what.
pub(super) fn counts(comparison: &Comparison) -> String {
    use precall_judge::comparison::Change::{Improved, Inconclusive, Regressed, Unchanged};
    let count = |change| comparison.cells.iter().filter(|cell| cell.change == change).count();
    let all = [Regressed, Improved, Unchanged, Inconclusive].map(|change| (count(change), change.as_str()));
    let counts: Vec<_> =
        all.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    format!("{}: {}", format::count(comparison.cells.len(), "cell", "cells"), counts.join(", "))
}

/// The smallest change that so many cases could have shown.
pub(super) fn detectable(figures: &Figures) -> String {
    or_none(figures.detectable, |detectable| difference_of(figures.figure, detectable, Some(figures.minimum_effect)))
}

/// The smallest change that would have been said: one that so many cases show, and that counts.
pub(super) fn visible(figures: &Figures) -> Option<String> {
    figures.detectable.map(|detectable| difference_of(figures.figure, detectable.max(figures.minimum_effect), None))
}

/// A value with its unit.
pub(super) fn value(figure: Metric, value: f64) -> String {
    held(figure, value, None)
}

/// A value with its unit, and with as many decimals as it takes to tell it from the bound that it is held against.
fn held(figure: Metric, value: f64, bound: Option<f64>) -> String {
    let (per_unit, decimals, unit) = match figure.kind() {
        MetricKind::Number if figure.unit() == MetricUnit::Count => (1.0, 1, ""),
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

/// A difference between two values with its unit: shares differ by percentage points.
fn difference_of(figure: Metric, difference: f64, bound: Option<f64>) -> String {
    let text = held(figure, difference, bound);
    match (figure.kind(), text.strip_suffix(" %")) {
        (MetricKind::Ratio | MetricKind::Boolean, Some("1")) => "1 point".to_owned(),
        (MetricKind::Ratio | MetricKind::Boolean, Some(number)) => format!("{number} points"),
        _ => text,
    }
}

/// The size of a difference with its sign.
fn signed(difference: f64, size: &str) -> String {
    match difference {
        0.0 => size.to_owned(),
        negative if negative < 0.0 => format!("-{size}"),
        _ => format!("+{size}"),
    }
}

/// `83 %`.
fn share(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}
