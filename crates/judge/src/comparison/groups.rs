//! The cases of one side of a comparison, grouped by what both sides have in common.

use precall_results::{CaseGroups, CaseKey, RunResult};

/// Groups the cases of a run. With an axis and a value, only cases with that value are grouped, by everything but the
/// axis.
pub(super) fn groups_of<'a>(run: &'a RunResult, side: Option<(&str, &str)>) -> CaseGroups<'a> {
    match side {
        None => CaseGroups::of(&run.cases),
        Some((axis, value)) => {
            let of_side = run.cases.iter().filter(|case| case.axes.get(axis).is_some_and(|of_case| of_case == value));
            CaseGroups::by_key(of_side, |case| CaseKey::of(case).without(axis))
        }
    }
}

/// Returns the id of a group as comparisons name it.
pub(super) fn cell_id(key: &CaseKey) -> String {
    let id = key.id();
    if id.is_empty() { "all cases".to_owned() } else { id }
}
