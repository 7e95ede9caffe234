//! Expectations that one of the two builds misses.

use std::collections::BTreeMap;

use super::words::cell_name;
use precall_results::Level;
use precall_results::{CaseResult, RunResult, Sides};

/// The number of cases on both sides of a cell that miss an expectation.
#[derive(Debug, Default, Clone, Copy)]
struct Misses {
    /// The number of misses on the old side.
    old: usize,
    /// The number of cases of the old side.
    old_of: usize,
    /// The number of misses on the new side.
    new: usize,
    /// The number of cases of the new side.
    new_of: usize,
}

/// Returns the expectations that only the old side misses, and those that the new side misses, in words. A gate repeats
/// every case, so there an expectation counts as missed when half of the repeats miss it: as the median would.
pub(super) fn missed(run: &RunResult, sides: &Sides, is_gate: bool) -> (Vec<String>, Vec<String>) {
    let mut all: BTreeMap<(usize, String, String), Misses> = BTreeMap::new();
    for case in &run.cases {
        let is_old = sides.is_old(case);
        if !is_old && !sides.is_new(case) {
            continue;
        }
        for (number, checked) in case.expectations.iter().enumerate() {
            if checked.expectation.level != Level::Error || checked.expectation.aggregate.is_some() {
                continue;
            }
            let misses = all.entry((number, place(case, sides), checked.wanted.clone())).or_default();
            let missed = usize::from(checked.fails_its_case());
            if is_old {
                misses.old += missed;
                misses.old_of += 1;
            } else {
                misses.new += missed;
                misses.new_of += 1;
            }
        }
    }
    let counts = |hits: usize, of: usize| if is_gate { hits * 2 >= of && hits > 0 } else { hits > 0 };
    let (mut by_old, mut by_new) = (Vec::new(), Vec::new());
    for ((_, place, wanted), Misses { old, old_of, new, new_of }) in all {
        let Sides { from_name, .. } = sides;
        let on = if place.is_empty() { String::new() } else { format!(" on {place}") };
        if counts(new, new_of) {
            by_new.push(format!("`{wanted}`{on} ({new} of {new_of} times; {from_name}: {old} of {old_of})"));
        } else if counts(old, old_of) {
            by_old.push(format!("`{wanted}`{on} ({old} of {old_of} times)"));
        }
    }
    (by_old, by_new)
}

/// Returns the name of a case's cell for people.
fn place(case: &CaseResult, sides: &Sides) -> String {
    cell_name(&case.name, case.axes.iter().filter(|(axis, _)| Some(*axis) != sides.axis.as_ref()))
}
