//! The repeats of a case taken together.

use super::check::{held_in_words, holds};
use crate::statistics::quantile;
use precall_results::CheckedExpectation;
use precall_results::{Aggregate, MetricValue};

/// An expectation over all repeats, from what became of it in each; `None` of one that each repeat meets for itself, and of no
/// repeats.
pub fn aggregate(repeats: &[&CheckedExpectation]) -> Option<CheckedExpectation> {
    let first = repeats.first()?;
    let expectation = &first.expectation;
    let met = repeats.iter().filter(|checked| checked.passed).count();
    let of = repeats.len();
    let share = Some(format!("{met} of {of}"));
    let (got, passed) = match expectation.aggregate? {
        Aggregate::All => (share, met == of),
        Aggregate::Any => (share, met > 0),
        Aggregate::AtLeast { count, .. } => (share, met >= count as usize),
        Aggregate::Percentile(percent) => {
            let values: Vec<_> = repeats.iter().filter_map(|checked| checked.value).collect();
            match quantile(&values, f64::from(percent) / 100.0).map(MetricValue::Number) {
                Some(value) => {
                    let passed = holds(expectation, &value);
                    (Some(format!("{} over {}", held_in_words(expectation, &value), values.len())), passed)
                }
                None => (None, false),
            }
        }
    };
    Some(CheckedExpectation {
        expectation: expectation.clone(),
        wanted: first.wanted.clone(),
        got,
        value: None,
        passed,
    })
}
