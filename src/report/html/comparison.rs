//! The section that holds one run against another: plain data in, so that whoever compares need not know HTML.

use std::fmt::Write;

use serde::Serialize;

use crate::report::calibration::median;

/// A comparison to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What is compared with, such as `2.27.6`.
    pub baseline: String,
    /// What is compared, such as `2.35.2`.
    pub candidate: String,
    /// What a reader should know: the method, the error rate, the smallest effect that could have been seen.
    pub notes: Vec<String>,
    /// A row for each metric of each group of cases, in the order in which they are to be read.
    pub rows: Vec<ComparisonRow>,
}

/// One metric of one group of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonRow {
    /// Which cases, such as `network=3g`.
    pub group: String,
    /// Which metric, with its unit.
    pub metric: String,
    /// What was measured each time, in the metric's unit.
    pub baseline: Vec<f64>,
    /// What was measured each time, in the metric's unit.
    pub candidate: Vec<f64>,
    /// By how much the candidate is off, in the metric's unit; `None` when that cannot be said.
    pub shift: Option<Interval>,
    /// What that means.
    pub change: Change,
    /// Why, in words.
    pub why: String,
}

/// An estimate with its confidence interval.
pub type Interval = (f64, f64, f64);

/// What became of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// For the worse.
    Regressed,
    /// For the better.
    Improved,
    /// Neither, as far as matters.
    Unchanged,
    /// Too little was measured to say.
    Inconclusive,
}

impl Change {
    /// The word shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Improved => "improved",
            Self::Unchanged => "unchanged",
            Self::Inconclusive => "inconclusive",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Regressed => "bad",
            Self::Improved => "good",
            Self::Unchanged => "same",
            Self::Inconclusive => "warn",
        }
    }
}

/// What the template shows of a comparison.
#[derive(Debug, Serialize)]
pub(super) struct ComparisonView {
    baseline: String,
    candidate: String,
    notes: Vec<String>,
    rows: Vec<RowView>,
}

#[derive(Debug, Serialize)]
struct RowView {
    group: String,
    metric: String,
    class: &'static str,
    change: &'static str,
    why: String,
    baseline: String,
    candidate: String,
    /// `+12 (3 to 21)`.
    shift: String,
    strip: String,
}

/// A comparison as the template shows it.
pub(super) fn view(comparison: &Comparison) -> ComparisonView {
    ComparisonView {
        baseline: comparison.baseline.clone(),
        candidate: comparison.candidate.clone(),
        notes: comparison.notes.clone(),
        rows: comparison.rows.iter().map(row).collect(),
    }
}

fn row(row: &ComparisonRow) -> RowView {
    let decimals = decimals(row);
    let number = |value: f64| format!("{value:.decimals$}");
    let middle = |values: &[f64]| median(values).map_or_else(|| "–".to_owned(), number);
    let shift =
        row.shift.map(|(shift, low, high)| format!("{shift:+.decimals$} ({} to {})", number(low), number(high)));
    RowView {
        group: row.group.clone(),
        metric: row.metric.clone(),
        class: row.change.class(),
        change: row.change.as_str(),
        why: row.why.clone(),
        baseline: middle(&row.baseline),
        candidate: middle(&row.candidate),
        shift: shift.unwrap_or_else(|| "–".to_owned()),
        strip: strip(row),
    }
}

/// The size of a dot strip in pixels, and how far it stays from its edges.
const WIDTH: f64 = 240.0;
const HEIGHT: u32 = 40;
const MARGIN: f64 = 8.0;

/// Every measurement as a dot on a common scale, a line for each side with its median; below, the shift's interval laid from the
/// baseline's median.
fn strip(row: &ComparisonRow) -> String {
    let all: Vec<f64> = row.baseline.iter().chain(&row.candidate).copied().filter(|value| value.is_finite()).collect();
    let origin = median(&row.baseline);
    let ends: Vec<f64> = match (origin, row.shift) {
        (Some(origin), Some((_, low, high))) => vec![origin + low, origin + high, origin],
        _ => Vec::new(),
    };
    let (low, high) = all.iter().chain(&ends).fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    if all.is_empty() {
        return String::new();
    }
    let span = if high > low { high - low } else { 1.0 };
    let x = |value: f64| ((value - low) / span * (WIDTH - 2.0 * MARGIN) + MARGIN).round();
    let mut drawn = String::new();
    // Writing to a string cannot fail.
    for (class, y, values) in [("base", 9, &row.baseline), ("cand", 21, &row.candidate)] {
        let _ = write!(drawn, "<path class=\"rail\" d=\"M{MARGIN} {y}H{}\"/>", WIDTH - MARGIN);
        let dots: String =
            values.iter().filter(|value| value.is_finite()).map(|value| format!("M{} {y}h0", x(*value))).collect();
        let _ = write!(drawn, "<path class=\"dot {class}\" d=\"{dots}\"/>");
        if let Some(middle) = median(values) {
            let _ = write!(drawn, "<path class=\"mid {class}\" d=\"M{} {}v10\"/>", x(middle), y - 5);
        }
    }
    if let (Some(origin), Some((shift, low, high))) = (origin, row.shift) {
        let (from, to, at) = (x(origin + low), x(origin + high), x(origin + shift));
        let _ = write!(
            drawn,
            "<path class=\"zero\" d=\"M{} 3V36\"/><path class=\"ci {}\" d=\"M{from} 33H{to}M{at} 30v6\"/>",
            x(origin),
            row.change.class()
        );
    }
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"measurements\">{drawn}</svg>"
    )
}

/// As many decimals as tell the measurements apart.
fn decimals(row: &ComparisonRow) -> usize {
    let largest = row.baseline.iter().chain(&row.candidate).fold(0.0_f64, |largest, value| largest.max(value.abs()));
    match largest {
        largest if largest >= 100.0 => 0,
        largest if largest >= 10.0 => 1,
        largest if largest >= 1.0 => 2,
        _ => 3,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::report::html) fn comparison() -> Comparison {
        let row = |metric: &str, change, baseline: &[f64], candidate: &[f64], shift| ComparisonRow {
            group: "network=3g".to_owned(),
            metric: metric.to_owned(),
            baseline: baseline.to_vec(),
            candidate: candidate.to_vec(),
            shift,
            change,
            why: "a shift of at least 5 % counts".to_owned(),
        };
        Comparison {
            baseline: "2.27.6".to_owned(),
            candidate: "2.35.2".to_owned(),
            notes: vec!["6 repeats each, in ABBA order; 95 % intervals".to_owned()],
            rows: vec![
                row(
                    "video bitrate, kbit/s",
                    Change::Regressed,
                    &[320.0, 324.0, 318.0, 331.0, 322.0, 326.0],
                    &[270.0, 281.0, 266.0, 275.0, 290.0, 272.0],
                    Some((-49.0, -58.0, -38.0)),
                ),
                row("audio MOS", Change::Unchanged, &[4.2, 4.21, 4.19], &[4.2, 4.22, 4.2], Some((0.01, -0.02, 0.03))),
                row("video MOS", Change::Inconclusive, &[3.1], &[3.4], None),
                row("frame rate", Change::Improved, &[], &[29.0], None),
            ],
        }
    }

    #[test]
    fn a_comparison_in_dots() {
        let view = view(&comparison());
        let text = serde_json::to_string_pretty(&view).expect("JSON");
        insta::assert_snapshot!(text);
    }
}
