//! A gate while it runs: it is looked at several times, and ends as soon as it can answer.
//!
//! All cells are repeated until the gate is decided, since hangs are counted over all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::groups::{cell_of, groups_of};
use super::sequential::Sequential;
use super::upgrade::{Looks, Question, gate_sides};
use precall_results::{CaseKey, CaseResult, GateInfo, RunResult};

/// Decides, case by case, whether a gate can end.
#[derive(Debug, Clone)]
pub struct Gate {
    info: GateInfo,
    baseline: Option<Box<RunResult>>,
    looks: Looks,
    /// The run with the cases that have ended.
    run: RunResult,
    cells: BTreeSet<CaseKey>,
    /// The number of looks so far.
    looked: usize,
    /// The answer and the number of repeats that it took, once there is one.
    stop_reason: Option<String>,
}

impl Gate {
    /// Starts with a plan, as the names and axes of its cases. `run` has none of them yet.
    pub fn new<'a>(
        info: GateInfo,
        baseline: Option<Box<RunResult>>,
        run: RunResult,
        plan: impl IntoIterator<Item = (&'a str, &'a BTreeMap<String, String>)>,
    ) -> Self {
        let cells = plan.into_iter().filter_map(|(name, axes)| key(&info, name, axes)).collect();
        let looks = Looks::new(info.repeats, run.run.compare.level);
        Self { info, baseline, looks, run, cells, looked: 0, stop_reason: None }
    }

    /// Takes a case that has ended. Returns whether the gate is decided by it.
    pub fn push(&mut self, result: CaseResult) -> bool {
        self.run.cases.push(result);
        let done = self.done();
        let looks = self.looks.before_the_end();
        let due = looks.iter().filter(|look| look.repeats as usize <= done).count();
        if self.stop_reason.is_some() || due <= self.looked {
            return false;
        }
        self.looked = due;
        let look = looks[due - 1];
        let question = Question { sides: gate_sides(&self.run.cases, &self.info), baseline: self.baseline.as_deref() };
        let decision = question.answer_at(look, &self.run);
        self.stop_reason = decision.map(|upgrade| {
            format!("{} after {} of {} repeats", upgrade.answer.as_str(), look.repeats, self.info.repeats)
        });
        self.stop_reason.is_some()
    }

    /// Returns the reason why a case need not run; `None` when it must.
    pub fn stop_reason(&self, name: &str, axes: &BTreeMap<String, String>) -> Option<&str> {
        key(&self.info, name, axes).and(self.stop_reason.as_deref())
    }

    /// Returns the number of cases that have ended, in the cell and on the side that has the fewest.
    fn done(&self) -> usize {
        let axis = self.info.axis.as_deref();
        let values: Vec<_> = match axis {
            Some(axis) => vec![Some((axis, self.info.from.as_str())), Some((axis, self.info.to.as_str()))],
            None => vec![None],
        };
        let sides: Vec<_> = values.into_iter().map(|value| groups_of(&self.run, value)).collect();
        let counts = self.cells.iter().flat_map(|key| sides.iter().map(|side| side.get(key).map_or(0, <[_]>::len)));
        counts.min().unwrap_or(0)
    }
}

/// Returns the cell of a case; `None` when the case is on neither side.
fn key(info: &GateInfo, name: &str, axes: &BTreeMap<String, String>) -> Option<CaseKey> {
    cell_of(name, axes, info.axis.as_deref().map(|axis| (axis, [info.from.as_str(), info.to.as_str()])))
}

/// A rule by which a run can end early.
#[derive(Debug, Clone)]
pub enum Stopping {
    /// Each cell stops on its own: `--sequential`.
    Cells(Box<Sequential>),
    /// The whole run stops: a gate.
    Gate(Box<Gate>),
}

impl Stopping {
    /// Takes a case that has ended. Returns whether cases need not run any more because of it.
    pub fn push(&mut self, result: CaseResult) -> bool {
        match self {
            Self::Cells(sequential) => sequential.push(result),
            Self::Gate(gate) => gate.push(result),
        }
    }

    /// Returns the reason why a case need not run; `None` when it must.
    pub fn stop_reason(&self, name: &str, axes: &BTreeMap<String, String>) -> Option<&str> {
        match self {
            Self::Cells(sequential) => sequential.stop_reason(name, axes),
            Self::Gate(gate) => gate.stop_reason(name, axes),
        }
    }
}
