//! A gate while it runs: it is looked at several times, and ends as soon as it can answer.
//!
//! What each look for *worse* may spend of the level is that of Lan and DeMets ([`spent`]), as in [`super::sequential`]. *No worse* is
//! answered early only when as many repeats are there as it takes to see a hang in 1 of 5 cases, and when each interval excludes
//! what has to be excluded. All cells go on until the gate is decided, since hangs are counted over all of them.

use std::collections::{BTreeMap, BTreeSet};

use super::sequential::Sequential;
use super::sides::{Cells, Key};
use super::upgrade::{MANY_ENOUGH, Question, hang_is_visible, sides_of_gate, up_to};
use crate::statistics::spent;
use precall_results::{Answer, CaseResult, GateInfo, RunResult, Upgrade};

/// The shares of the repeats after which a gate may answer "worse", before the end. Each of them spends a part of the level for good
/// (the sum of what looks spend is a bound, and not what they need together), so they are few.
const FOR_WORSE: [f64; 2] = [0.45, 0.7];
/// The share after which it may answer "no worse" alone, which spends nothing; as it may as soon as a hang would have been seen.
const FOR_NO_WORSE: f64 = 0.8;

/// When a gate is looked at, and what each look may spend.
#[derive(Debug, Clone)]
pub struct Looks {
    looks: Vec<Look>,
    last_level: f64,
}

/// When a gate is looked at, and what it may find then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// After so many repeats.
    repeats: u32,
    /// The chance of a false alarm in it; nothing where it does not look for what is worse.
    level: f64,
    /// The level that is left for the end: what is seen then is what "no worse" speaks of.
    last_level: f64,
}

impl Looks {
    /// The looks at a gate with so many repeats at most, at this level in all.
    pub fn new(repeats: u32, level: f64) -> Self {
        let after = |share: f64| (share * f64::from(repeats)).ceil() as u32;
        let is_seen = (1..=repeats).find(|repeats| hang_is_visible(*repeats as usize));
        let mut spends: BTreeMap<u32, f64> =
            [after(FOR_NO_WORSE)].into_iter().chain(is_seen).map(|then| (then, 0.0)).collect();
        let mut before = 0.0;
        let can_show = |then: &u32| *then < repeats && *then as usize >= MANY_ENOUGH;
        for repeats_then in FOR_WORSE.map(after).into_iter().filter(can_show) {
            let until = spent(level, f64::from(repeats_then) / f64::from(repeats));
            *spends.entry(repeats_then).or_default() += until - before;
            before = until;
        }
        let last_level = level - before;
        let is_before_the_end =
            |(then, level): (u32, f64)| (then < repeats).then_some(Look { repeats: then, level, last_level });
        Self { looks: spends.into_iter().filter_map(is_before_the_end).collect(), last_level }
    }

    /// The repeats after which "no worse" can be answered first, if nothing is in doubt then.
    pub fn earliest(&self) -> Option<u32> {
        self.looks.iter().map(|look| look.repeats).find(|repeats| hang_is_visible(*repeats as usize))
    }

    pub(super) fn before_the_end(&self) -> impl Iterator<Item = &Look> {
        self.looks.iter()
    }

    /// The level that is left for the end.
    pub(super) fn last_level(&self) -> f64 {
        self.last_level
    }
}

impl Look {
    /// The verdict, if the gate can end with it.
    pub(super) fn decision(&self, run: &RunResult, question: &Question<'_>) -> Option<Upgrade> {
        let run = up_to(run, self.repeats);
        let worse = (self.level > 0.0).then(|| question.verdict(&run, self.level));
        if let Some(upgrade) = worse.filter(|upgrade| upgrade.answer == Answer::Worse) {
            return Some(upgrade);
        }
        let upgrade = question.verdict(&run, self.last_level);
        let fewest = upgrade.cells.iter().map(|cell| cell.to_cases).min().unwrap_or(0);
        (upgrade.answer == Answer::NoWorse && hang_is_visible(fewest)).then_some(upgrade)
    }
}

/// Decides, case by case, whether a gate can end.
#[derive(Debug, Clone)]
pub struct Gate {
    info: GateInfo,
    baseline: Option<Box<RunResult>>,
    looks: Looks,
    /// The cases so far.
    run: RunResult,
    cells: BTreeSet<Key>,
    looked: usize,
    decided: Option<String>,
}

impl Gate {
    /// For a run whose plan has these cases: their names and axes. `run` has none of them yet.
    pub fn new<'a>(
        info: GateInfo,
        baseline: Option<Box<RunResult>>,
        run: RunResult,
        plan: impl IntoIterator<Item = (&'a str, &'a BTreeMap<String, String>)>,
    ) -> Self {
        let cells = plan.into_iter().filter_map(|(name, axes)| key(&info, name, axes)).collect();
        let looks = Looks::new(info.repeats, run.run.compare.level);
        Self { info, baseline, looks, run, cells, looked: 0, decided: None }
    }

    /// Takes a case that has ended. Says whether the gate is decided by it.
    pub fn push(&mut self, result: CaseResult) -> bool {
        self.run.cases.push(result);
        let done = self.done();
        let due = self.looks.looks.iter().filter(|look| look.repeats as usize <= done).count();
        if self.decided.is_some() || due <= self.looked {
            return false;
        }
        self.looked = due;
        let look = self.looks.looks[due - 1];
        let question =
            Question { sides: sides_of_gate(&self.run.cases, &self.info), baseline: self.baseline.as_deref() };
        let decision = look.decision(&self.run, &question);
        self.decided = decision.map(|upgrade| {
            format!("{} after {} of {} repeats", upgrade.answer.as_str(), look.repeats, self.info.repeats)
        });
        self.decided.is_some()
    }

    /// Why a case need not run, in words; `None` of one that does.
    pub fn decided(&self, name: &str, axes: &BTreeMap<String, String>) -> Option<&str> {
        key(&self.info, name, axes).and(self.decided.as_deref())
    }

    /// How many cases have ended, in the cell and on the side that has the fewest.
    fn done(&self) -> usize {
        let axis = self.info.axis.as_deref();
        let values: Vec<_> = match axis {
            Some(axis) => vec![Some((axis, self.info.from.as_str())), Some((axis, self.info.to.as_str()))],
            None => vec![None],
        };
        let sides: Vec<_> = values.into_iter().map(|value| Cells::of(&self.run, value)).collect();
        let counts = self.cells.iter().flat_map(|key| sides.iter().map(|side| side.get(key).map_or(0, Vec::len)));
        counts.min().unwrap_or(0)
    }
}

/// The cell of a case; `None` of one that is on neither side.
fn key(info: &GateInfo, name: &str, axes: &BTreeMap<String, String>) -> Option<Key> {
    let mut axes = axes.clone();
    if let Some(axis) = &info.axis {
        axes.remove(axis).filter(|value| [&info.from, &info.to].contains(&value))?;
    }
    Some(Key { name: name.to_owned(), axes })
}

/// What lets a run end before its time.
#[derive(Debug, Clone)]
pub enum Stopping {
    /// Cell by cell: `--sequential`.
    Cells(Box<Sequential>),
    /// All of it: a gate.
    Gate(Box<Gate>),
}

impl Stopping {
    /// Takes a case that has ended. Says whether cases need not run any more because of it.
    pub fn push(&mut self, result: CaseResult) -> bool {
        match self {
            Self::Cells(sequential) => sequential.push(result),
            Self::Gate(gate) => gate.push(result),
        }
    }

    /// Why a case need not run, in words; `None` of one that does.
    pub fn decided(&self, name: &str, axes: &BTreeMap<String, String>) -> Option<&str> {
        match self {
            Self::Cells(sequential) => sequential.decided(name, axes),
            Self::Gate(gate) => gate.decided(name, axes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_looks_together_spend_the_level() {
        for repeats in [6, 7, 12, 20, 100] {
            let looks = Looks::new(repeats, 0.05);
            let early: f64 = looks.looks.iter().map(|look| look.level).sum();
            assert!((early + looks.last_level - 0.05).abs() < 1e-12, "{repeats}");
            assert!(looks.last_level > early, "what is found early is found at the end: {repeats}");
            let after: Vec<_> = looks.looks.iter().map(|look| look.repeats).collect();
            assert!(
                after.is_sorted_by(|one, other| one < other) && after.iter().all(|then| *then < repeats),
                "{after:?}"
            );
        }
    }

    #[test]
    fn seventeen_repeats_are_the_fewest_for_no_worse() {
        let looks = Looks::new(24, 0.05);
        assert_eq!(looks.looks.iter().map(|look| look.repeats).collect::<Vec<_>>(), [11, 17, 20]);
        assert_eq!(looks.earliest(), Some(17));
        assert_eq!(Looks::new(12, 0.05).earliest(), None, "only its end can tell");
    }
}
