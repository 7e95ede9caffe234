//! The question whether the new side is worse, asked of a run or of a part of it.

use super::answer::answer;
use super::looks::{Look, Looks};
use super::margin::hang_is_visible;
use super::obstacles::Obstacle;
use super::sentence;
use super::sides::gate_sides;
use crate::comparison::compare::{CompareError, compare_axis, compare_runs};
use crate::comparison::groups::groups_of;
use crate::comparison::model::Comparison;
use precall_results::{Answer, CompareSpec, GateInfo, RunResult, Sides, Upgrade};

/// Judges the run of a gate: at the look that decided it, or by all cases with the level that is left for the end.
/// `baseline` is the old side, unless that is in the run.
pub fn judge_gate(run: &RunResult, gate: &GateInfo, baseline: Option<&RunResult>) -> Upgrade {
    let question = Question { sides: gate_sides(&run.cases, gate), baseline };
    let looks = Looks::new(gate.repeats, run.run.compare.level);
    let early = looks
        .before_the_end()
        .iter()
        .find_map(|look| question.answer_at(*look, run))
        .filter(|_| !run.decided.is_empty());
    early.unwrap_or_else(|| question.answer(run, looks.last_level()))
}

/// The question whether the new of two sides is worse than the old.
pub(in crate::comparison) struct Question<'a> {
    /// The sides that are compared.
    pub sides: Sides,
    /// The run of the old side, unless that is in the run itself.
    pub baseline: Option<&'a RunResult>,
}

impl Question<'_> {
    /// Returns the verdict on a run, with the level shared out over all cells.
    pub(crate) fn answer(&self, run: &RunResult, level: f64) -> Upgrade {
        let spec = CompareSpec { level: level / self.cells(run).max(1) as f64, ..run.run.compare.clone() };
        match self.compare(run, &spec) {
            // Hangs that are seen early are seen at the end as well, so looks need not share out the level for them.
            Ok(comparison) => answer(&comparison, run.run.compare.level, self.sides.clone()),
            Err(error) => unanswered(error.to_string(), self.sides.clone()),
        }
    }

    /// Returns the verdict on a running gate, if the gate can end with it at this look.
    pub(crate) fn answer_at(&self, look: Look, run: &RunResult) -> Option<Upgrade> {
        let run = up_to(run, look.repeats);
        let worse = (look.level > 0.0).then(|| self.answer(&run, look.level));
        if let Some(upgrade) = worse.filter(|upgrade| upgrade.answer == Answer::Worse) {
            return Some(upgrade);
        }
        let upgrade = self.answer(&run, look.last_level);
        let fewest = upgrade.cells.iter().map(|cell| cell.to_cases).min().unwrap_or(0);
        (upgrade.answer == Answer::NoWorse && hang_is_visible(fewest)).then_some(upgrade)
    }

    /// Returns the number of cells that both sides have.
    fn cells(&self, run: &RunResult) -> usize {
        let value = |value| self.sides.axis.as_deref().map(|axis| (axis, value));
        let (from, to) = (value(self.sides.from.as_str()), value(self.sides.to.as_str()));
        let old = groups_of(self.baseline.unwrap_or(run), from.filter(|_| self.baseline.is_none()));
        groups_of(run, to).iter().filter(|group| old.get(&group.key).is_some()).count()
    }

    fn compare(&self, run: &RunResult, spec: &CompareSpec) -> Result<Comparison, CompareError> {
        let Sides { axis, from, to, from_name, to_name } = &self.sides;
        match (self.baseline, axis) {
            // Whether the runs are compatible was asked before this one began.
            (Some(baseline), _) => compare_runs((from_name, baseline), (to_name, run), spec, true),
            (None, axis) => compare_axis(("this run", run), axis.as_deref().unwrap_or("sdk"), [from, to], spec),
        }
    }
}

/// Returns a verdict when nothing could be compared.
fn unanswered(reason: String, sides: Sides) -> Upgrade {
    let obstacle = Obstacle::new(reason, "run both of them on one machine, with nothing left out between the two");
    Upgrade {
        answer: Answer::CannotTell,
        sentence: sentence::cannot_tell(&obstacle, &sides),
        sides,
        worse: Vec::new(),
        cells: Vec::new(),
        missed_by_old: Vec::new(),
        missed_by_new: Vec::new(),
    }
}

/// Returns a run with its repeats up to one of them.
fn up_to(run: &RunResult, repeats: u32) -> RunResult {
    let cases = run.cases.iter().filter(|case| case.repeat.unwrap_or(1) <= repeats).cloned().collect();
    run.with_cases(cases)
}
