//! The verdict on a whole run. It is reached in this one place, before any consumer learns that the run is over.

use precall_judge::comparison::{conclude as conclude_comparison, judge_gate, settle};
use precall_judge::run::conclude as conclude_cases;
use precall_results::RunResult;

/// Judges a run whose cases have been judged: the expectations over repeats, the invariants between cases, and the
/// comparison of two builds. `run.outcome` is the outcome of its cases before, and the outcome of the run afterwards.
/// `baseline` is the old side of a gate that compares with a baseline.
pub fn conclude(run: &mut RunResult, baseline: Option<&RunResult>) {
    conclude_cases(run);
    match (run.run.gate.clone(), baseline) {
        (Some(gate), Some(baseline)) => {
            let upgrade = judge_gate(run, &gate, Some(baseline));
            settle(run, upgrade);
        }
        _ => conclude_comparison(run),
    }
}
