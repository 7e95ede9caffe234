//! Expectations over all repeats of a case.

use super::check::{describe_for, holds};
use crate::statistics::quantile;
use precall_results::CheckedExpectation;
use precall_results::{Aggregate, MetricValue};

/// Returns the result of an expectation over all repeats, from its result in each; `None` of an expectation that each
/// repeat meets on its own, and of no repeats.
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
                    (Some(format!("{} over {}", describe_for(expectation, &value), values.len())), passed)
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
