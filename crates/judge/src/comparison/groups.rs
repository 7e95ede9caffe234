//! The cases of one side of a comparison, grouped by what both sides have in common.

use std::collections::BTreeMap;

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

/// Returns the cell of a case with this name and these axes. With an axis and its two values, the cell has everything
/// but the axis; `None` when the case has neither value.
pub(super) fn cell_of(
    name: &str,
    axes: &BTreeMap<String, String>,
    sides: Option<(&str, [&str; 2])>,
) -> Option<CaseKey> {
    let mut key = CaseKey::new(name, axes);
    if let Some((axis, values)) = sides {
        key.axes.remove(axis).filter(|value| values.contains(&value.as_str()))?;
    }
    Some(key)
}

/// Returns the id of a group as comparisons name it.
pub(super) fn cell_id(key: &CaseKey) -> String {
    let id = key.id();
    if id.is_empty() { "all cases".to_owned() } else { id }
}
