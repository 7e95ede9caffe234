//! The comparison of one figure of a cell: its test first, and its result once the other figures are tested.

use super::change::Change;
use super::metric_value::value;
use super::model::{MetricComparison, RateInterval};
use crate::statistics::{
    Shift, cliffs_delta, detectable_paired_shift, detectable_shift, fisher_exact, median, newcombe, paired_shift,
    rank_sum_and_smallest, shift, sign_flip, smallest_fisher, smallest_rank_sum_of_sizes, smallest_sign_flip, wilson,
};
use precall_results::{CaseKind, CaseResult, CompareSpec, Metric, MetricKind, MinimumEffect};

/// The confidence of intervals.
const CONFIDENCE: f64 = 0.95;
/// The seed of random draws, where there are too many permutations to count.
const SEED: u64 = 1;

/// A figure that was tested, before the other figures of the cell are known.
pub(super) struct TestedMetric {
    /// The comparison without its result.
    pub result: MetricComparison,
    /// The differences between paired repeats, second side less first; empty without pairs.
    differences: Vec<f64>,
    /// The smallest p-value that these values could have had, however they were dealt out to the sides. A figure whose
    /// values are all the same cannot show a change.
    pub smallest_p: f64,
    /// The smallest p-value that this number of cases could have had, with any values.
    smallest_p_of_sizes: f64,
}

/// Tests a figure; returns `None` when neither side has a value of it. `is_paired` states that both sides ran
/// interleaved.
pub(super) fn test(
    figure: Metric,
    a: &[&CaseResult],
    b: &[&CaseResult],
    is_paired: bool,
    spec: &CompareSpec,
) -> Option<TestedMetric> {
    let values = |cases: &[&CaseResult]| cases.iter().filter_map(|case| value(figure, case)).collect::<Vec<_>>();
    let (of_a, of_b) = (values(a), values(b));
    if of_a.is_empty() && of_b.is_empty() {
        return None;
    }
    let differences = if is_paired { differences(figure, a, b) } else { Vec::new() };
    let is_rate = figure.kind() == MetricKind::Boolean;
    // Few pairs allow few permutations of signs. Then the test of independent samples is more sensitive, and only more
    // cautious if paired values are alike.
    let paired = !is_rate && pairs_suffice(differences.len(), spec);
    let (p, smallest_p) = match (is_rate, paired) {
        (true, _) => rate_test(&of_a, &of_b),
        (_, true) => (sign_flip(&differences, SEED), smallest_sign_flip(&differences)),
        (_, false) => rank_sum_and_smallest(&of_a, &of_b),
    };
    let smallest_p_of_sizes = match (is_rate, paired) {
        (true, _) => smallest_fisher(of_a.len().min(of_b.len()), of_a.len(), of_b.len()),
        (_, true) => smallest_sign_flip(&vec![1.0; differences.len()]),
        (_, false) => smallest_rank_sum_of_sizes(of_a.len(), of_b.len()),
    };
    let center = |values: &[f64]| if is_rate { mean(values) } else { median(values) };
    let (center_a, center_b) = (center(&of_a), center(&of_b));
    let minimum_effect = match spec.minimum_effect(figure) {
        MinimumEffect::Absolute(effect) => effect,
        MinimumEffect::Relative(share) => share * center_a.unwrap_or_default().abs(),
    };
    let shift = match (is_rate, paired) {
        (true, _) => rate_shift(&of_a, &of_b),
        (_, true) => paired_shift(&differences, CONFIDENCE),
        (_, false) => shift(&of_a, &of_b, CONFIDENCE),
    };
    let result = MetricComparison {
        figure,
        change: Change::Inconclusive,
        reason: String::new(),
        center_a,
        center_b,
        rates: is_rate.then(|| RateInterval { a: rate_interval(&of_a), b: rate_interval(&of_b) }),
        shift,
        cliffs_delta: cliffs_delta(&of_a, &of_b),
        a: of_a,
        b: of_b,
        paired,
        p,
        adjusted_p: None,
        minimum_effect,
        detectable: None,
    };
    Some(TestedMetric { result, differences, smallest_p, smallest_p_of_sizes })
}

impl TestedMetric {
    /// Returns the comparison with its result, given the adjusted p-value and the number of figures of the cell that
    /// are tested.
    pub(super) fn judged(self, adjusted_p: Option<f64>, tests: usize, spec: &CompareSpec) -> MetricComparison {
        let Self { mut result, differences, smallest_p_of_sizes, .. } = self;
        result.adjusted_p = adjusted_p;
        let level = spec.level / tests.max(1) as f64;
        let is_blind = smallest_p_of_sizes > level;
        result.detectable = match (is_blind, result.figure.kind(), result.paired) {
            (true, ..) => None,
            (_, MetricKind::Boolean, _) => detectable_rate(&result, level),
            (_, _, true) => detectable_paired_shift(&differences, level),
            (_, _, false) => detectable_shift(&result.a, &result.b, level),
        };
        (result.change, result.reason) = verdict(&result, is_blind, spec.level);
        result
    }
}

fn verdict(result: &MetricComparison, is_blind: bool, level: f64) -> (Change, String) {
    let Some(shift) = result.shift else {
        let side = if result.a.is_empty() { "first" } else { "second" };
        return (Change::Inconclusive, format!("nothing was measured on the {side} side"));
    };
    let counts = shift.estimate.abs() >= result.minimum_effect && shift.estimate != 0.0;
    let is_found = result.adjusted_p.is_some_and(|p| p <= level);
    let is_better = (shift.estimate > 0.0) == result.figure.more_is_better();
    match (is_found, counts) {
        (true, true) if is_better => {
            (Change::Improved, "better by more than chance, and by as much as counts".to_owned())
        }
        (true, true) => (Change::Regressed, "worse by more than chance, and by as much as counts".to_owned()),
        (true, false) => (Change::Unchanged, "it changed by less than counts".to_owned()),
        (false, _) if is_blind => {
            let (a, b) = (result.a.len(), result.b.len());
            (Change::Inconclusive, format!("{a} against {b} cases cannot show any change; repeat more often"))
        }
        (false, true) if result.p <= level => {
            let reason = "it would be a change if it were the only figure, but not among all; repeat more often";
            (Change::Inconclusive, reason.to_owned())
        }
        (false, _) => (Change::Unchanged, "no more than chance".to_owned()),
    }
}

/// Returns the differences between repeat k of the second side and repeat k of the first, where both have the figure.
fn differences(figure: Metric, a: &[&CaseResult], b: &[&CaseResult]) -> Vec<f64> {
    let of = |cases: &[&CaseResult], repeat| {
        let case = cases.iter().find(|case| case.repeat.unwrap_or(1) == repeat)?;
        value(figure, case)
    };
    let repeats = a.iter().map(|case| case.repeat.unwrap_or(1));
    repeats.filter_map(|repeat| Some(of(b, repeat)? - of(a, repeat)?)).collect()
}

/// Whether this number of pairs can show a change in any one of the figures of a network test.
fn pairs_suffice(pairs: usize, spec: &CompareSpec) -> bool {
    smallest_sign_flip(&vec![1.0; pairs]) <= spec.level / Metric::compared_in(CaseKind::NetworkTest).count() as f64
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Returns the number of hits, and the number of cases.
fn tally(values: &[f64]) -> (usize, usize) {
    (values.iter().filter(|value| **value > 0.5).count(), values.len())
}

fn rate_interval(values: &[f64]) -> (f64, f64) {
    let (hits, of) = tally(values);
    wilson(hits, of, CONFIDENCE)
}

fn rate_test(a: &[f64], b: &[f64]) -> (f64, f64) {
    let ((hits_a, of_a), (hits_b, of_b)) = (tally(a), tally(b));
    (fisher_exact(hits_a, of_a, hits_b, of_b), smallest_fisher(hits_a + hits_b, of_a, of_b))
}

fn rate_shift(a: &[f64], b: &[f64]) -> Option<Shift> {
    let estimate = mean(b)? - mean(a)?;
    let (low, high) = newcombe(tally(a), tally(b), CONFIDENCE);
    Some(Shift { estimate, low, high, confidence: CONFIDENCE })
}

/// Returns the smallest difference from the first side's rate that Fisher's test would detect if the second side had
/// it.
fn detectable_rate(result: &MetricComparison, level: f64) -> Option<f64> {
    let ((hits, of_a), (_, of_b)) = (tally(&result.a), tally(&result.b));
    let rate = mean(&result.a)?;
    let found = (0..=of_b).filter(|other| fisher_exact(hits, of_a, *other, of_b) <= level);
    found.map(|other| (other as f64 / of_b as f64 - rate).abs()).min_by(f64::total_cmp)
}
