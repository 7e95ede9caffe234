//! All figures of a cell together.

use std::collections::BTreeMap;

use super::change::Change;
use super::figure::{Tested, test};
use super::model::{Cell, Figures, LeftOut};
use super::samples::counts;
use super::sides::{Cases, Key};
use crate::statistics::holm;
use precall_results::{CompareSpec, Metric};

/// Compares a cell. Figures that could not show anything, whoever had which of their values, do not make the others' tests
/// harder (Tarone, "A modified Bonferroni method for discrete data", 1990): that every loss is 0 says nothing about a rate.
pub(super) fn cell(key: &Key, a: &Cases<'_>, b: &Cases<'_>, is_paired: bool, spec: &CompareSpec) -> Cell {
    let (a, left_out_a) = counting(a);
    let (b, left_out_b) = counting(b);
    let tested: Vec<Tested> = Metric::compared().filter_map(|figure| test(figure, &a, &b, is_paired, spec)).collect();
    let family: Vec<usize> = (0..tested.len()).filter(|index| tested[*index].smallest_p <= spec.level).collect();
    let adjusted = holm(&family.iter().map(|index| tested[*index].result.p).collect::<Vec<_>>());
    let adjusted: BTreeMap<usize, f64> = family.iter().copied().zip(adjusted).collect();
    let figures: Vec<Figures> = tested
        .into_iter()
        .enumerate()
        .map(|(index, tested)| tested.judged(adjusted.get(&index).copied(), family.len(), spec))
        .collect();
    Cell {
        id: key.id(),
        name: key.name.clone(),
        axes: key.axes.clone(),
        change: Change::gravest(figures.iter().map(|figures| figures.change)),
        cases_a: a.len(),
        cases_b: b.len(),
        left_out: LeftOut { a: left_out_a, b: left_out_b },
        figures,
    }
}

/// The cases that count, and how many do not.
fn counting<'a>(cases: &Cases<'a>) -> (Cases<'a>, BTreeMap<String, usize>) {
    let (good, others): (Cases<'a>, Cases<'a>) = cases.iter().partition(|case| counts(case.outcome));
    let mut left_out = BTreeMap::new();
    others.iter().for_each(|case| *left_out.entry(case.outcome.as_str().to_owned()).or_default() += 1);
    (good, left_out)
}
