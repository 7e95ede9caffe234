//! Sequential comparison (`--sequential`): a cell is not repeated any more once its result is certain.
//!
//! Each cell is looked at when half and when three quarters of its repeats are there. Each look may spend a part of the
//! level that follows from Lan and DeMets with the boundaries of O'Brien and Fleming ([`spent`]). The test of a look is
//! held to what it adds to what was spent before, so that all looks together raise no more false alarms than one at the
//! end (Bonferroni, whatever the distribution).

use std::collections::BTreeMap;

use super::cell_comparison::compare_cell;
use super::groups::{cell_of, groups_of};
use super::model::CellComparison;
use crate::statistics::spent;
use precall_results::{CaseGroups, CaseKey, CaseResult, CompareSpec, MetricKind, RunResult};

/// The shares of a cell's repeats after which it is looked at, before the end.
const LOOKS: [f64; 2] = [0.5, 0.75];

/// The side with which the cases of a run are compared while it runs.
#[derive(Debug, Clone)]
pub enum Reference {
    /// Another value of an axis of the same run.
    Axis {
        /// The axis that is compared.
        axis: String,
        /// The two values that are compared.
        values: [String; 2],
    },
    /// A finished run.
    Baseline(Box<RunResult>),
}

/// Decides, case by case, which cells need no further repeat.
#[derive(Debug, Clone)]
pub struct Sequential {
    reference: Reference,
    spec: CompareSpec,
    /// The run with the cases that have ended.
    run: RunResult,
    /// The number of repeats that are planned of each cell on one side.
    planned: BTreeMap<CaseKey, usize>,
    /// The number of looks at each cell so far.
    looks: BTreeMap<CaseKey, usize>,
    /// The reason to stop, of each cell whose result is certain.
    stopped: BTreeMap<CaseKey, String>,
}

impl Sequential {
    /// Starts with a plan, as the names and axes of its cases. `run` has the cases that have already ended, if any.
    pub fn new<'a>(
        reference: Reference,
        spec: CompareSpec,
        run: RunResult,
        plan: impl IntoIterator<Item = (&'a str, &'a BTreeMap<String, String>)>,
    ) -> Self {
        let mut planned: BTreeMap<CaseKey, usize> = BTreeMap::new();
        for (name, axes) in plan {
            let mut key = CaseKey::new(name, axes);
            if let Reference::Axis { axis, values } = &reference {
                // The cases of the second value stand for both.
                if key.axes.remove(axis).is_none_or(|value| value != values[1]) {
                    continue;
                }
            }
            *planned.entry(key).or_default() += 1;
        }
        Self { reference, spec, run, planned, looks: BTreeMap::new(), stopped: BTreeMap::new() }
    }

    /// Returns the level that is left for the comparison at the end, with which a sequential run is compared
    /// afterwards.
    pub fn last_level(level: f64) -> f64 {
        level - spent(level, LOOKS[LOOKS.len() - 1])
    }

    /// Takes a case that has ended. Returns whether its cell needs no further repeat because of it.
    pub fn push(&mut self, result: CaseResult) -> bool {
        let Some(key) = self.key(&result.name, &result.axes) else { return false };
        self.run.cases.push(result);
        let planned = self.planned.get(&key).copied().unwrap_or(0);
        let done = self.done(&key);
        let due = LOOKS.iter().filter(|share| done as f64 >= **share * planned as f64).count();
        // At the end there is nothing left to stop.
        if done >= planned || due <= self.looks.get(&key).copied().unwrap_or(0) {
            return false;
        }
        self.looks.insert(key.clone(), due);
        let before = if due > 1 { spent(self.spec.level, LOOKS[due - 2]) } else { 0.0 };
        let level = spent(self.spec.level, LOOKS[due - 1]) - before;
        let Some(result) = self.compared(&key, level).and_then(|cell| certain_result(&cell)) else { return false };
        self.stopped.insert(key, format!("{result} after {done} of {planned} repeats"));
        true
    }

    /// Returns the reason why a case need not run; `None` when it must.
    pub fn stop_reason(&self, name: &str, axes: &BTreeMap<String, String>) -> Option<&str> {
        self.key(name, axes).and_then(|key| self.stopped.get(&key)).map(String::as_str)
    }

    /// Returns the cell of a case; `None` when the case is on neither side.
    fn key(&self, name: &str, axes: &BTreeMap<String, String>) -> Option<CaseKey> {
        match &self.reference {
            Reference::Axis { axis, values } => {
                cell_of(name, axes, Some((axis, values.each_ref().map(String::as_str))))
            }
            Reference::Baseline(_) => cell_of(name, axes, None),
        }
    }

    /// Returns the cases of both sides so far.
    fn sides(&self) -> (CaseGroups<'_>, CaseGroups<'_>) {
        match &self.reference {
            Reference::Axis { axis, values: [a, b] } => {
                (groups_of(&self.run, Some((axis, a))), groups_of(&self.run, Some((axis, b))))
            }
            Reference::Baseline(baseline) => (groups_of(baseline, None), groups_of(&self.run, None)),
        }
    }

    /// Returns the number of conclusive repeats of a cell; when both sides still run, that of the side which has fewer.
    fn done(&self, key: &CaseKey) -> usize {
        let (a, b) = self.sides();
        let count = |groups: &CaseGroups<'_>| {
            groups.get(key).map_or(0, |cases| cases.iter().filter(|case| case.outcome.is_conclusive()).count())
        };
        match &self.reference {
            Reference::Axis { .. } => count(&a).min(count(&b)),
            Reference::Baseline(_) => count(&b),
        }
    }

    fn compared(&self, key: &CaseKey, level: f64) -> Option<CellComparison> {
        let (a, b) = self.sides();
        let spec = CompareSpec { level, ..self.spec.clone() };
        let is_paired = matches!(self.reference, Reference::Axis { .. });
        Some(compare_cell(key, a.get(key)?, b.get(key)?, is_paired, &spec))
    }
}

/// Returns the result of a cell if it is certain: that a figure changed, or that no figure can have changed by as much
/// as counts.
fn certain_result(cell: &CellComparison) -> Option<String> {
    if let Some(compared) = cell.figures.iter().find(|compared| compared.is_significant()) {
        return Some(format!("{} {}", compared.figure.as_str(), compared.change.as_str()));
    }
    let is_certain = cell.figures.iter().all(|compared| {
        compared.shift.is_some_and(|shift| match compared.figure.kind() {
            // The interval of a rate is wide with few cases, so an equal rate has to be enough.
            MetricKind::Boolean => shift.estimate == 0.0,
            _ => shift.low >= -compared.minimum_effect && shift.high <= compared.minimum_effect,
        })
    });
    (is_certain && !cell.figures.is_empty()).then(|| "unchanged".to_owned())
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

    /// Runs repeats of two builds, and returns the number after which the cell was stopped, and the reason.
    fn run(repeats: u32, bitrate: impl Fn(&str, u32) -> f64) -> Option<(u32, String)> {
        let plan: Vec<_> = (0..repeats)
            .flat_map(|_| ["1", "2"])
            .map(|sdk| ("clean", BTreeMap::from([("sdk".to_owned(), sdk.to_owned())])))
            .collect();
        let mut none = recorded();
        none.cases.clear();
        let reference = Reference::Axis { axis: "sdk".to_owned(), values: ["1", "2"].map(str::to_owned) };
        let plan = plan.iter().map(|(name, axes)| (*name, axes));
        let mut sequential = Sequential::new(reference, CompareSpec::default(), none, plan);
        for repeat in 1..=repeats {
            for sdk in ["1", "2"] {
                if sequential.push(case(sdk, repeat, bitrate(sdk, repeat))) {
                    let axes = BTreeMap::from([("sdk".to_owned(), "1".to_owned())]);
                    let reason = sequential.stop_reason("clean", &axes).expect("a reason").to_owned();
                    return Some((repeat, reason));
                }
            }
        }
        None
    }

    #[test]
    fn clear_results_stop_a_cell_half_way() {
        let noise = |repeat: u32| f64::from(repeat * 7919 % 13) * 1e3;
        let drop = run(24, |sdk, repeat| if sdk == "1" { 400e3 } else { 300e3 } + noise(repeat));
        assert_eq!(drop, Some((12, "video.bitrate regressed after 12 of 24 repeats".to_owned())));
        let same = run(24, |_, repeat| 400e3 + noise(repeat) / 10.0);
        assert_eq!(same, Some((12, "unchanged after 12 of 24 repeats".to_owned())));
        // The figure varies by more than counts and did not change, so nothing is certain.
        let noisy = run(24, |sdk, repeat| 400e3 + noise(repeat * if sdk == "1" { 3 } else { 5 }) * 20.0);
        assert_eq!(noisy, None);
    }

    #[test]
    fn a_case_of_neither_side_is_never_stopped() {
        let reference = Reference::Axis { axis: "sdk".to_owned(), values: ["1", "2"].map(str::to_owned) };
        let mut sequential = Sequential::new(reference, CompareSpec::default(), recorded(), []);
        assert!(!sequential.push(case("3", 1, 1.0)));
        assert_eq!(sequential.stop_reason("clean", &case("3", 1, 1.0).axes), None);
    }

    #[test]
    fn all_looks_together_spend_the_level() {
        let level = 0.05;
        let looks = LOOKS.map(|share| spent(level, share));
        let total = looks[0] + (looks[1] - looks[0]) + Sequential::last_level(level);
        assert!((total - level).abs() < 1e-12);
        assert!(Sequential::last_level(level) > looks[1] - looks[0], "what is found early is found at the end");
    }
}
