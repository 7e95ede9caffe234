//! The verdict of a run that compares two builds, and the run's outcome.

use super::expectations::missed;
use super::obstacles::Obstacle;
use super::question::{Question, judge_gate};
use super::sentence;
use super::sides::builds;
use precall_results::{Answer, Level, Outcome, RunResult, Sides, Upgrade};

/// Adds the verdict to a run that compares two builds, and sets the run's outcome by it. Failures of the old build
/// alone do not fail the run. Other runs stay as they are; so does a run whose old side is a baseline, which is not in
/// it.
pub fn conclude(run: &mut RunResult) {
    let upgrade = match &run.run.gate {
        Some(gate) if gate.axis.is_some() => Some(judge_gate(run, gate, None)),
        Some(_) => return,
        None => builds(&run.cases).map(|sides| Question { sides, baseline: None }.answer(run, run.run.compare.level)),
    };
    let Some(upgrade) = upgrade else { return };
    settle(run, upgrade);
}

/// Adds a verdict to a run, with the expectations that each side misses, and sets the run's outcome by it.
pub fn settle(run: &mut RunResult, mut upgrade: Upgrade) {
    let is_gate = run.run.gate.is_some();
    if run.outcome == Outcome::Interrupted && upgrade.answer == Answer::NoWorse {
        let remedy = "go on with it: `precall run --resume RUN`";
        let obstacle = Obstacle::new("the run was interrupted".to_owned(), remedy);
        upgrade.answer = Answer::CannotTell;
        upgrade.sentence = sentence::cannot_tell(&obstacle, &upgrade.sides);
    }
    let (by_old, by_new) = missed(run, &upgrade.sides, is_gate);
    if !by_new.is_empty() {
        upgrade.sentence = sentence::with_misses(&upgrade, &by_new);
    }
    let cases = match (is_gate, by_new.is_empty()) {
        _ if run.outcome == Outcome::Interrupted => Outcome::Interrupted,
        // A gate is decided by all its repeats together.
        (true, true) => Outcome::Passed,
        (true, false) => Outcome::Failed,
        (false, _) => outcome_without_old(run, &upgrade.sides),
    };
    let is_repeated = is_gate || run.cases.iter().any(|case| case.repeat.is_some());
    run.outcome = match upgrade.answer {
        // A run without repeats is not meant as a comparison.
        Answer::CannotTell if !is_repeated => cases,
        answer => answer.outcome(cases),
    };
    upgrade.missed_by_old = by_old;
    upgrade.missed_by_new = by_new;
    run.upgrade = Some(upgrade);
}

/// Returns the outcome of a run without the cases of its old side.
fn outcome_without_old(run: &RunResult, sides: &Sides) -> Outcome {
    let mut outcomes: Vec<_> = run.cases.iter().filter(|case| !sides.is_old(case)).map(|case| case.outcome).collect();
    let old = sides.axis.as_ref().map(|axis| format!("{axis}={}", sides.from)).unwrap_or_default();
    let is_old = |id: &str| id.split(',').any(|part| part == old);
    let is_missed = run.repeats.iter().any(|expectation| {
        let checked = &expectation.checked;
        !is_old(&expectation.case) && !checked.passed && checked.expectation.level == Level::Error
    });
    let is_broken = run.run.invariants == Level::Error
        && run.violations.iter().any(|violation| !is_old(&violation.cases.0) && !is_old(&violation.cases.1));
    if is_missed || is_broken {
        outcomes.push(Outcome::Failed);
    }
    Outcome::worst(&outcomes)
}
