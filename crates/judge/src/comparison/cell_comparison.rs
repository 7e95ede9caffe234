//! The comparison of all figures of a cell.

use std::collections::BTreeMap;

use super::change::Change;
use super::groups::cell_id;
use super::metric_comparison::{TestedMetric, test};
use super::model::{CellComparison, Excluded, MetricComparison};
use crate::statistics::holm;
use precall_results::{CaseKey, CaseKind, CaseResult, CompareSpec, Metric};

/// Compares the two sides of a cell.
///
/// A figure that could not show anything, however its values were dealt out to the sides, does not make the tests of
/// the other figures harder (Tarone, "A modified Bonferroni method for discrete data", 1990): that every loss is 0 says
/// nothing about a rate.
pub(super) fn compare_cell(
    key: &CaseKey,
    a: &[&CaseResult],
    b: &[&CaseResult],
    is_paired: bool,
    spec: &CompareSpec,
) -> CellComparison {
    let (a, excluded_a) = conclusive(a);
    let (b, excluded_b) = conclusive(b);
    let kind = a.iter().chain(&b).next().map_or(CaseKind::NetworkTest, |case| case.kind());
    let tested: Vec<TestedMetric> =
        Metric::compared_in(kind).filter_map(|figure| test(figure, &a, &b, is_paired, spec)).collect();
    let family: Vec<usize> = (0..tested.len()).filter(|index| tested[*index].smallest_p <= spec.level).collect();
    let adjusted = holm(&family.iter().map(|index| tested[*index].result.p).collect::<Vec<_>>());
    let adjusted: BTreeMap<usize, f64> = family.iter().copied().zip(adjusted).collect();
    let figures: Vec<MetricComparison> = tested
        .into_iter()
        .enumerate()
        .map(|(index, tested)| tested.judged(adjusted.get(&index).copied(), family.len(), spec))
        .collect();
    CellComparison {
        id: cell_id(key),
        name: key.name.clone(),
        axes: key.axes.clone(),
        change: Change::worst(figures.iter().map(|compared| compared.change)),
        cases_a: a.len(),
        cases_b: b.len(),
        excluded: Excluded { a: excluded_a, b: excluded_b },
        figures,
    }
}

/// Returns the conclusive cases, and the number of the others by their outcome.
fn conclusive<'a>(cases: &[&'a CaseResult]) -> (Vec<&'a CaseResult>, BTreeMap<String, usize>) {
    let (conclusive, others): (Vec<_>, Vec<_>) = cases.iter().copied().partition(|case| case.outcome.is_conclusive());
    let mut excluded = BTreeMap::new();
    others.iter().for_each(|case| *excluded.entry(case.outcome.as_str().to_owned()).or_default() += 1);
    (conclusive, excluded)
}
