//! `precall run --baseline`: the run against what was kept.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::RunArguments;
use super::args_of_results::CompareFlags;
use super::error::CliError;
use super::planning::Planned;
use super::report::COMPARISON;
use crate::record::{Baseline, write_json};
use precall_judge::comparison::{
    CompareError, Comparison, Gate, Reference, Sequential, Stopping, compare_axis, compare_runs, incompatibilities,
};
use precall_results::Exit;
use precall_results::Outcome;
use precall_results::{CaseResult, RunInfo, RunResult, SCHEMA_VERSION, Sides, Upgrade};

/// Refuses a baseline that this run could not be compared with, before it begins.
pub(super) fn is_like(baseline: &Baseline, run: &RunInfo, flags: &CompareFlags) -> Result<(), CliError> {
    let differences = incompatibilities(&baseline.result.run, run);
    if differences.is_empty() || flags.allow_unlike {
        return Ok(());
    }
    Err(CompareError::Incompatible { a: label(baseline), b: "this run".to_owned(), differences }.into())
}

/// Compares a run with a baseline, and writes the comparison into the run's directory.
pub(super) fn compare(baseline: &Baseline, result: &RunResult, path: &Path) -> Result<Comparison, CliError> {
    let name = path.display().to_string();
    // What was allowed at the beginning is at the end.
    let comparison = compare_runs((&label(baseline), &baseline.result), (&name, result), &result.run.compare, true)?;
    write_json(&path.join(COMPARISON), &comparison)?;
    Ok(comparison)
}

/// Compares the two builds of a run that compares two, and writes the comparison into its directory.
pub(super) fn compare_sides(result: &RunResult, path: &Path) -> Result<Option<Comparison>, CliError> {
    let Some(Upgrade { sides: Sides { axis: Some(axis), from, to, .. }, .. }) = &result.upgrade else {
        return Ok(None);
    };
    let name = path.display().to_string();
    let comparison = match compare_axis((&name, result), axis, [from, to], &result.run.compare) {
        Ok(comparison) => comparison,
        // The verdict says why.
        Err(_) => return Ok(None),
    };
    write_json(&path.join(COMPARISON), &comparison)?;
    Ok(Some(comparison))
}

fn label(baseline: &Baseline) -> String {
    format!("baseline {}", baseline.name)
}

/// What decides which repeats need not run, if anything does.
pub(super) fn stopping(
    arguments: &RunArguments,
    plan: &Planned,
    run: &mut RunInfo,
    finished: &[CaseResult],
    baseline: Option<&Baseline>,
) -> Result<Option<Stopping>, CliError> {
    let mut stopping = match (run.gate.clone(), arguments.sequential) {
        (Some(info), _) => {
            let baseline = baseline.map(|baseline| Box::new(baseline.result.clone()));
            if info.axis.is_none() && baseline.is_none() {
                let message = format!("this gate is held against a baseline; name it: `--baseline {}`", info.from);
                return Err(CliError::new(Exit::Usage, message));
            }
            Stopping::Gate(Box::new(Gate::new(info, baseline, nothing_yet(run), names(plan))))
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
fn names(plan: &Planned) -> impl Iterator<Item = (&str, &BTreeMap<String, String>)> {
    plan.cases.iter().map(|case| (case.spec.name.as_str(), &case.axes))
}

/// A run before its first case.
fn nothing_yet(run: &RunInfo) -> RunResult {
    RunResult {
        schema_version: SCHEMA_VERSION,
        outcome: Outcome::Passed,
        upgrade: None,
        run: run.clone(),
        cases: Vec::new(),
        repeats: Vec::new(),
        violations: Vec::new(),
        decided: Vec::new(),
        seconds: 0.0,
    }
}

/// `--sequential`; `run` is then compared at the level that is left for its end.
fn sequential(plan: &Planned, run: &mut RunInfo, baseline: Option<&Baseline>) -> Result<Sequential, CliError> {
    let against = match baseline {
        Some(baseline) => Reference::Baseline(Box::new(baseline.result.clone())),
        None => builds(plan).ok_or_else(|| {
            let message = "--sequential compares the two values of the axis `sdk` or `module`, and this plan has no such axis; \
                give two releases (`--sdk 2.27.6 --sdk 2.35.2`), or compare with a baseline (`--baseline NAME`)";
            CliError::new(Exit::Usage, message)
        })?,
    };
    let spec = run.compare.clone();
    run.compare.level = Sequential::last_level(spec.level);
    Ok(Sequential::new(against, spec, nothing_yet(run), names(plan)))
}

/// The axis of builds that has two values.
fn builds(plan: &Planned) -> Option<Reference> {
    ["sdk", "module"].into_iter().find_map(|axis| {
        let mut values: Vec<&String> = plan.cases.iter().filter_map(|case| case.axes.get(axis)).collect();
        let mut seen = std::collections::BTreeSet::new();
        values.retain(|value| seen.insert(*value));
        let [a, b] = values[..] else { return None };
        Some(Reference::Axis { axis: axis.to_owned(), values: [a.clone(), b.clone()] })
    })
}
