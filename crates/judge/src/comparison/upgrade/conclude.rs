//! The verdict on a run that compares two builds.

use std::collections::BTreeSet;

use super::assess::assess;
use super::doubts::Doubt;
use super::expectations::missed;
use super::sentence;
use crate::comparison::compare::{CompareError, compare_axis, compare_runs};
use crate::comparison::gate::Looks;
use crate::comparison::model::Comparison;
use crate::comparison::sides::Cells;
use precall_results::Outcome;
use precall_results::{Answer, CaseResult, GateInfo, RunResult, Sides, Upgrade};
use precall_results::{CompareSpec, Level};

/// Adds the verdict to a run that compares two builds, and lets the run's outcome follow it. What the old build alone
/// gets wrong does not fail the run. Other runs stay as they are, and so does one whose old side is a baseline, which is not in it.
pub fn conclude(run: &mut RunResult) {
    let upgrade = match &run.run.gate {
        Some(gate) if gate.axis.is_some() => Some(judge_gate(run, gate, None)),
        Some(_) => return,
        None => builds(&run.cases).map(|sides| Question { sides, baseline: None }.verdict(run, run.run.compare.level)),
    };
    let Some(upgrade) = upgrade else { return };
    settle(run, upgrade);
}

/// Puts a verdict into a run, with the expectations that either side misses, and lets the run's outcome follow it.
pub fn settle(run: &mut RunResult, mut upgrade: Upgrade) {
    let is_gate = run.run.gate.is_some();
    if run.outcome == Outcome::Interrupted && upgrade.answer == Answer::NoWorse {
        let remedy = "go on with it: `precall run --resume RUN`";
        let doubt = Doubt { why: "the run was interrupted".to_owned(), remedy: remedy.to_owned() };
        upgrade.answer = Answer::CannotTell;
        upgrade.sentence = sentence::cannot_tell(&doubt, &upgrade.sides);
    }
    let (by_old, by_new) = missed(run, &upgrade.sides, is_gate);
    if !by_new.is_empty() {
        upgrade.sentence = sentence::with_misses(&upgrade, &by_new);
    }
    let cases = match (is_gate, by_new.is_empty()) {
        _ if run.outcome == Outcome::Interrupted => Outcome::Interrupted,
        // A gate is decided by its repeats together.
        (true, true) => Outcome::Passed,
        (true, false) => Outcome::Failed,
        (false, _) => without_old(run, &upgrade.sides),
    };
    let is_repeated = is_gate || run.cases.iter().any(|case| case.repeat.is_some());
    run.outcome = match upgrade.answer {
        // Nobody who runs each case once asks for a comparison.
        Answer::CannotTell if !is_repeated => cases,
        answer => answer.outcome(cases),
    };
    upgrade.missed_by_old = by_old;
    upgrade.missed_by_new = by_new;
    run.upgrade = Some(upgrade);
}

/// The two builds that cases compare: of the first axis, `sdk` or `module`, that has two values. The older release is the old side;
/// where that is not known, the one that is named first.
pub fn builds(cases: &[CaseResult]) -> Option<Sides> {
    ["sdk", "module"].into_iter().find_map(|axis| {
        let mut seen = BTreeSet::new();
        let values: Vec<&String> =
            cases.iter().filter_map(|case| case.axes.get(axis)).filter(|value| seen.insert(*value)).collect();
        let [a, b] = values[..] else { return None };
        let sides = sides(cases, axis, a, b);
        let is_turned = std::iter::zip(release(&sides.from_name), release(&sides.to_name)).any(|(a, b)| a > b);
        Some(if is_turned { sides_turned(sides) } else { sides })
    })
}

fn release(name: &str) -> Option<semver::Version> {
    semver::Version::parse(name).ok()
}

fn sides_turned(sides: Sides) -> Sides {
    let Sides { axis, from, to, from_name, to_name } = sides;
    Sides { axis, from: to, to: from, from_name: to_name, to_name: from_name }
}

/// Two values of an axis, with the releases that tags stood for.
pub(in crate::comparison) fn sides(cases: &[CaseResult], axis: &str, from: &str, to: &str) -> Sides {
    let name = |value: &str| {
        let of_value = cases.iter().filter(|case| case.axes.get(axis).is_some_and(|known| known == value));
        let build = |case: &CaseResult| if axis == "sdk" { case.sdk.clone() } else { case.module.clone() };
        let versions: BTreeSet<_> = of_value.map(|case| build(case).version).filter(|v| !v.is_empty()).collect();
        match (versions.first(), versions.len()) {
            // A tag means another release tomorrow. A path says more than the version that its build claims to be.
            (Some(version), 1) if value == "latest" => version.clone(),
            _ => value.to_owned(),
        }
    };
    let (from_name, to_name) = (name(from), name(to));
    // Two builds of one release are told apart by what they are called.
    let is_one = from_name == to_name;
    Sides {
        axis: Some(axis.to_owned()),
        from_name: if is_one { from.to_owned() } else { from_name },
        to_name: if is_one { to.to_owned() } else { to_name },
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

/// The verdict on the run of a gate: by the look that decided it, or by all cases at the level that is left for the end. The
/// old side is a baseline, or else in the run.
pub fn judge_gate(run: &RunResult, gate: &GateInfo, baseline: Option<&RunResult>) -> Upgrade {
    let question = Question { sides: sides_of_gate(&run.cases, gate), baseline };
    let looks = Looks::new(gate.repeats, run.run.compare.level);
    let early =
        looks.before_the_end().find_map(|look| look.decision(run, &question)).filter(|_| !run.decided.is_empty());
    early.unwrap_or_else(|| question.verdict(run, looks.last_level()))
}

/// The sides of a gate, with the releases that tags stood for.
pub(in crate::comparison) fn sides_of_gate(cases: &[CaseResult], gate: &GateInfo) -> Sides {
    match &gate.axis {
        Some(axis) => sides(cases, axis, &gate.from, &gate.to),
        None => {
            let versions: BTreeSet<_> = cases.iter().map(|case| &case.sdk.version).filter(|v| !v.is_empty()).collect();
            let only = versions.first().filter(|_| versions.len() == 1).map(|version| (*version).clone());
            Sides {
                axis: None,
                from: gate.from.clone(),
                to: gate.to.clone(),
                from_name: format!("the baseline {}", gate.from),
                to_name: only.unwrap_or_else(|| gate.to.clone()),
            }
        }
    }
}

/// Two sides that are held against one another, wherever the old one is.
pub(in crate::comparison) struct Question<'a> {
    pub sides: Sides,
    /// The old side, if it is not in the run itself.
    pub baseline: Option<&'a RunResult>,
}

impl Question<'_> {
    /// The verdict on a run, with the level shared out over all cells.
    pub fn verdict(&self, run: &RunResult, level: f64) -> Upgrade {
        let spec = CompareSpec { level: level / self.cells(run).max(1) as f64, ..run.run.compare.clone() };
        match self.compared(run, &spec) {
            // Hangs that were seen early are seen at the end as well, so looks need not share out the level for them.
            Ok(comparison) => assess(&comparison, run.run.compare.level, self.sides.clone()),
            Err(error) => unanswered(&error.to_string(), self.sides.clone()),
        }
    }

    /// How many cells both sides have.
    fn cells(&self, run: &RunResult) -> usize {
        let value = |value| self.sides.axis.as_deref().map(|axis| (axis, value));
        let (from, to) = (value(self.sides.from.as_str()), value(self.sides.to.as_str()));
        let old = Cells::of(self.baseline.unwrap_or(run), from.filter(|_| self.baseline.is_none()));
        Cells::of(run, to).iter().filter(|(key, _)| old.get(key).is_some()).count()
    }

    fn compared(&self, run: &RunResult, spec: &CompareSpec) -> Result<Comparison, CompareError> {
        let Sides { axis, from, to, from_name, to_name } = &self.sides;
        match (self.baseline, axis) {
            // What may be unlike was asked before the run began.
            (Some(baseline), _) => compare_runs((from_name, baseline), (to_name, run), spec, true),
            (None, axis) => compare_axis(("this run", run), axis.as_deref().unwrap_or("sdk"), [from, to], spec),
        }
    }
}

/// A verdict where nothing could be compared.
fn unanswered(why: &str, sides: Sides) -> Upgrade {
    let remedy = "run both of them on one machine, with nothing left out between the two";
    let doubt = Doubt { why: why.to_owned(), remedy: remedy.to_owned() };
    Upgrade {
        answer: Answer::CannotTell,
        sentence: sentence::cannot_tell(&doubt, &sides),
        sides,
        worse: Vec::new(),
        cells: Vec::new(),
        missed_by_old: Vec::new(),
        missed_by_new: Vec::new(),
    }
}

/// The outcome of a run without the cases of its old side.
fn without_old(run: &RunResult, sides: &Sides) -> Outcome {
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

/// A run up to a repeat.
pub(in crate::comparison) fn up_to(run: &RunResult, repeats: u32) -> RunResult {
    let cases = run.cases.iter().filter(|case| case.repeat.unwrap_or(1) <= repeats).cloned().collect();
    run.with_cases(cases)
}
