//! Runs that end early: which repeats need not run, because their comparison is decided.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::error::JobError;
use super::plan::Plan;
use crate::record::{Baseline, unjudged_result};
use precall_judge::comparison::{Gate, Reference, Sequential, Stopping};
use precall_results::{CaseResult, RunInfo};

/// Returns the rule that decides which repeats need not run. Absent when all of them run. A sequential run is compared
/// at the level that is left for its end, and `run` says so afterwards.
pub(super) fn stopping(
    is_sequential: bool,
    plan: &Plan,
    run: &mut RunInfo,
    finished: &[CaseResult],
    baseline: Option<&Baseline>,
) -> Result<Option<Stopping>, JobError> {
    let mut stopping = match (run.gate.clone(), is_sequential) {
        (Some(info), _) => {
            let baseline = baseline.map(|baseline| Box::new(baseline.result.clone()));
            if info.axis.is_none() && baseline.is_none() {
                return Err(JobError::BaselineNotNamed(info.from));
            }
            let empty = unjudged_result(run.clone(), Vec::new(), Vec::new(), Duration::ZERO);
            Stopping::Gate(Box::new(Gate::new(info, baseline, empty, names(plan))))
        }
        (None, true) => Stopping::Cells(Box::new(sequential(plan, run, baseline)?)),
        (None, false) => return Ok(None),
    };
    finished.iter().for_each(|case| {
        stopping.push(case.clone());
    });
    Ok(Some(stopping))
}

/// The names and axes of a plan's cases.
fn names(plan: &Plan) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
    plan.cases.iter().map(|case| (case.spec.name.as_str(), &case.axes))
}

fn sequential(plan: &Plan, run: &mut RunInfo, baseline: Option<&Baseline>) -> Result<Sequential, JobError> {
    let against = match baseline {
        Some(baseline) => Reference::Baseline(Box::new(baseline.result.clone())),
        None => two_builds(plan).ok_or(JobError::NothingToCompare)?,
    };
    let spec = run.compare.clone();
    run.compare.level = Sequential::last_level(spec.level);
    let empty = unjudged_result(run.clone(), Vec::new(), Vec::new(), Duration::ZERO);
    Ok(Sequential::new(against, spec, empty, names(plan)))
}

/// The axis of builds that has two values.
fn two_builds(plan: &Plan) -> Option<Reference> {
    ["sdk", "module"].into_iter().find_map(|axis| {
        let mut values: Vec<&String> = plan.cases.iter().filter_map(|case| case.axes.get(axis)).collect();
        let mut seen = BTreeSet::new();
        values.retain(|value| seen.insert(*value));
        let [a, b] = values[..] else { return None };
        Some(Reference::Axis { axis: axis.to_owned(), values: [a.clone(), b.clone()] })
    })
}
