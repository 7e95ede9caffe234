//! `--sequential`: a cell is not repeated any more once it is decided.
//!
//! It is looked at when half and three quarters of its repeats are there. What each look may spend of the level is that of Lan and
//! DeMets with the boundaries of O'Brien and Fleming ([`spent`]); a look's test is held against what it adds to what was spent
//! before, so that all looks together raise no more false alarms than one at the end (Bonferroni, whatever the distribution).

use std::collections::BTreeMap;

use super::cell::cell;
use super::change::Change;
use super::model::Cell;
use super::samples::counts;
use super::sides::{Cells, Key};
use crate::statistics::spent;
use precall_results::{CaseResult, RunResult};
use precall_results::{CompareSpec, MetricKind};

/// The shares of a cell's repeats after which it is looked at, before the end.
const LOOKS: [f64; 2] = [0.5, 0.75];

/// What the cases of a run are held against while it runs.
#[derive(Debug, Clone)]
pub enum Against {
    /// Another value of an axis of the same run.
    Axis {
        /// Which axis.
        axis: String,
        /// Its two values.
        values: [String; 2],
    },
    /// A run that is over.
    Baseline(Box<RunResult>),
}

/// Decides, case by case, which cells need no further repeat.
#[derive(Debug, Clone)]
pub struct Sequential {
    against: Against,
    spec: CompareSpec,
    /// The cases so far.
    run: RunResult,
    /// How often each cell is planned on a side.
    planned: BTreeMap<Key, usize>,
    looks: BTreeMap<Key, usize>,
    decided: BTreeMap<Key, String>,
}

impl Sequential {
    /// For a run whose plan has these cases: their names and axes. `run` has those that have ended before, if any.
    pub fn new<'a>(
        against: Against,
        spec: CompareSpec,
        run: RunResult,
        plan: impl IntoIterator<Item = (&'a str, &'a BTreeMap<String, String>)>,
    ) -> Self {
        let mut planned: BTreeMap<Key, usize> = BTreeMap::new();
        for (name, axes) in plan {
            let mut key = Key { name: name.to_owned(), axes: axes.clone() };
            if let Against::Axis { axis, values } = &against {
                // The second value's cases stand for both.
                if key.axes.remove(axis).is_none_or(|value| value != values[1]) {
                    continue;
                }
            }
            *planned.entry(key).or_default() += 1;
        }
        Self { against, spec, run, planned, looks: BTreeMap::new(), decided: BTreeMap::new() }
    }

    /// The level that is left for the comparison at the end: how a sequential run is compared afterwards.
    pub fn last_level(level: f64) -> f64 {
        level - spent(level, LOOKS[LOOKS.len() - 1])
    }

    /// Takes a case that has ended. Says whether its cell is decided by it.
    pub fn push(&mut self, result: CaseResult) -> bool {
        let Some(key) = self.key(&result.name, &result.axes) else { return false };
        self.run.cases.push(result);
        let planned = self.planned.get(&key).copied().unwrap_or(0);
        let done = self.done(&key);
        let due = LOOKS.iter().filter(|share| done as f64 >= **share * planned as f64).count();
        // The end is nothing to stop before.
        if done >= planned || due <= self.looks.get(&key).copied().unwrap_or(0) {
            return false;
        }
        self.looks.insert(key.clone(), due);
        let before = if due > 1 { spent(self.spec.level, LOOKS[due - 2]) } else { 0.0 };
        let level = spent(self.spec.level, LOOKS[due - 1]) - before;
        let Some(reason) = self.compared(&key, level).and_then(|cell| decision(&cell)) else { return false };
        self.decided.insert(key, format!("{reason} after {done} of {planned} repeats"));
        true
    }

    /// Why a case need not run, in words; `None` of one that does.
    pub fn decided(&self, name: &str, axes: &BTreeMap<String, String>) -> Option<&str> {
        self.key(name, axes).and_then(|key| self.decided.get(&key)).map(String::as_str)
    }

    /// The cell of a case; `None` of one that is on neither side.
    fn key(&self, name: &str, axes: &BTreeMap<String, String>) -> Option<Key> {
        let mut axes = axes.clone();
        if let Against::Axis { axis, values } = &self.against {
            axes.remove(axis).filter(|value| values.contains(value))?;
        }
        Some(Key { name: name.to_owned(), axes })
    }

    /// The cells of both sides, so far.
    fn sides(&self) -> (Cells<'_>, Cells<'_>) {
        match &self.against {
            Against::Axis { axis, values: [a, b] } => {
                (Cells::of(&self.run, Some((axis, a))), Cells::of(&self.run, Some((axis, b))))
            }
            Against::Baseline(baseline) => (Cells::of(baseline, None), Cells::of(&self.run, None)),
        }
    }

    /// How many repeats of a cell there are; of two sides that grow, on the one that has fewer.
    fn done(&self, key: &Key) -> usize {
        let (a, b) = self.sides();
        let count = |cells: &Cells<'_>| {
            cells.get(key).map_or(0, |cases| cases.iter().filter(|case| counts(case.outcome)).count())
        };
        match &self.against {
            Against::Axis { .. } => count(&a).min(count(&b)),
            Against::Baseline(_) => count(&b),
        }
    }

    fn compared(&self, key: &Key, level: f64) -> Option<Cell> {
        let (a, b) = self.sides();
        let spec = CompareSpec { level, ..self.spec.clone() };
        let is_paired = matches!(self.against, Against::Axis { .. });
        Some(cell(key, a.get(key)?, b.get(key)?, is_paired, &spec))
    }
}

/// What a cell is decided by, if it is: a change, or that no figure can have changed by as much as counts.
fn decision(cell: &Cell) -> Option<String> {
    if let Some(figures) =
        cell.figures.iter().find(|figures| matches!(figures.change, Change::Regressed | Change::Improved))
    {
        return Some(format!("{} {}", figures.figure.as_str(), figures.change.as_str()));
    }
    let is_settled = cell.figures.iter().all(|figures| {
        figures.shift.is_some_and(|shift| match figures.figure.kind() {
            // Few cases tell little of a rate; one that is the same is as good as it gets.
            MetricKind::Boolean => shift.estimate == 0.0,
            _ => shift.low >= -figures.minimum_effect && shift.high <= figures.minimum_effect,
        })
    });
    (is_settled && !cell.figures.is_empty()).then(|| "unchanged".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> RunResult {
        serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result")
    }

    fn case(sdk: &str, repeat: u32, bitrate: f64) -> CaseResult {
        let mut case = recorded().cases.swap_remove(0);
        case.axes = [("sdk".to_owned(), sdk.to_owned())].into();
        case.repeat = Some(repeat);
        case.measured.quality.iter_mut().for_each(|quality| quality.video.bitrate = Some(bitrate));
        case
    }

    /// Runs so many repeats of two builds, and gives after how many the cell was decided, and why.
    fn run(repeats: u32, bitrate: impl Fn(&str, u32) -> f64) -> Option<(u32, String)> {
        let plan: Vec<_> = (0..repeats)
            .flat_map(|_| ["1", "2"])
            .map(|sdk| ("clean", BTreeMap::from([("sdk".to_owned(), sdk.to_owned())])))
            .collect();
        let mut none = recorded();
        none.cases.clear();
        let against = Against::Axis { axis: "sdk".to_owned(), values: ["1", "2"].map(str::to_owned) };
        let plan = plan.iter().map(|(name, axes)| (*name, axes));
        let mut sequential = Sequential::new(against, CompareSpec::default(), none, plan);
        for repeat in 1..=repeats {
            for sdk in ["1", "2"] {
                if sequential.push(case(sdk, repeat, bitrate(sdk, repeat))) {
                    let axes = BTreeMap::from([("sdk".to_owned(), "1".to_owned())]);
                    let reason = sequential.decided("clean", &axes).expect("a reason").to_owned();
                    return Some((repeat, reason));
                }
            }
        }
        None
    }

    #[test]
    fn what_is_clear_is_decided_half_way() {
        let noise = |repeat: u32| f64::from(repeat * 7919 % 13) * 1e3;
        let drop = run(24, |sdk, repeat| if sdk == "1" { 400e3 } else { 300e3 } + noise(repeat));
        assert_eq!(drop, Some((12, "video.bitrate regressed after 12 of 24 repeats".to_owned())));
        let same = run(24, |_, repeat| 400e3 + noise(repeat) / 10.0);
        assert_eq!(same, Some((12, "unchanged after 12 of 24 repeats".to_owned())));
        // What varies by more than counts, and did not change: nothing to stop by.
        let noisy = run(24, |sdk, repeat| 400e3 + noise(repeat * if sdk == "1" { 3 } else { 5 }) * 20.0);
        assert_eq!(noisy, None);
    }

    #[test]
    fn a_case_of_neither_side_is_never_decided() {
        let against = Against::Axis { axis: "sdk".to_owned(), values: ["1", "2"].map(str::to_owned) };
        let mut sequential = Sequential::new(against, CompareSpec::default(), recorded(), []);
        assert!(!sequential.push(case("3", 1, 1.0)));
        assert_eq!(sequential.decided("clean", &case("3", 1, 1.0).axes), None);
    }

    #[test]
    fn all_looks_together_spend_the_level() {
        let level = 0.05;
        let looks = LOOKS.map(|share| spent(level, share));
        let total = looks[0] + (looks[1] - looks[0]) + Sequential::last_level(level);
        assert!((total - level).abs() < 1e-12);
        assert!(Sequential::last_level(level) > looks[1] - looks[0], "what was found early is found at the end");
    }
}
