//! What a search over releases looks for, whether a release has it already, and what came of it all.

use serde::{Deserialize, Serialize};

use super::bisection::Found;
use super::change::Change;
use super::model::{Comparison, Figures};
use precall_results::Exit;
use precall_results::Metric;

/// A figure of a cell that changed from one side to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The cell's id.
    pub cell: String,
    /// Which figure.
    pub figure: Metric,
    /// Whether for the better or the worse.
    pub change: Change,
}

/// What a search over releases came to: plain data for files and reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bisected {
    /// The figures that were looked for; none for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Metric>,
    /// What changed from the good release to the bad one.
    pub changes: Vec<Target>,
    /// Those of them that had changed in the first release that is not as the good one; the others changed later, or too little
    /// of them could be seen there.
    pub first_changes: Vec<Target>,
    /// The last release that is as the good one.
    pub last_good: String,
    /// Those of which one is the first that changed: one, unless some between could not be told. None when nothing changed.
    pub first_bad: Vec<String>,
    /// The releases that ran, in the order in which they did.
    pub tried: Vec<Tried>,
    /// The good release held against the bad one.
    pub ends: Comparison,
}

impl Bisected {
    /// What a shell learns: that something regressed between the ends, or nothing; of the figures that were looked for.
    pub fn exit(&self) -> Exit {
        match self.changes.is_empty() {
            true if self.is_open() => Change::Inconclusive.exit(),
            true => Change::Unchanged.exit(),
            false => Change::gravest(self.changes.iter().map(|target| target.change)).exit(),
        }
    }

    /// Whether the ends could not tell whether something changed that was looked for.
    pub fn is_open(&self) -> bool {
        let mut figures = self.ends.cells.iter().flat_map(|cell| &cell.figures);
        figures.any(|figures| figures.change == Change::Inconclusive && is_meant(figures.figure, &self.figures))
    }
}

/// A release that ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tried {
    /// Which.
    pub release: String,
    /// What it was found to be.
    pub found: Found,
    /// The directory of its run; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// What changed; only of these figures, if any are named.
pub fn changed(comparison: &Comparison, only: &[Metric]) -> Vec<Target> {
    let figures = comparison.cells.iter().flat_map(|cell| cell.figures.iter().map(move |figures| (cell, figures)));
    figures
        .filter(|(_, figures)| is_changed(figures) && is_meant(figures.figure, only))
        .map(|(cell, figures)| Target { cell: cell.id.clone(), figure: figures.figure, change: figures.change })
        .collect()
}

/// What a release is, held against both ends: changed when anything differs from the good one as the bad one does; as the good
/// one only when something has still to change until the bad one. What differs from neither was seen too dimly to tell.
pub fn placed(from_good: &Comparison, to_bad: &Comparison, wanted: &[Target]) -> Found {
    let has_any = |comparison| changed(comparison, &[]).iter().any(|target| wanted.contains(target));
    match (has_any(from_good), has_any(to_bad)) {
        (true, _) => Found::Bad,
        (false, true) => Found::Good,
        (false, false) => Found::Unknown,
    }
}

fn is_meant(figure: Metric, only: &[Metric]) -> bool {
    only.is_empty() || only.contains(&figure)
}

fn is_changed(figures: &Figures) -> bool {
    matches!(figures.change, Change::Regressed | Change::Improved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::compare_runs;
    use precall_results::CompareSpec;
    use precall_results::Outcome;
    use precall_results::{CaseResult, RunResult};

    /// A run of six cases with about this video bitrate, of which so many hung.
    fn run(bitrate: f64, hung: usize) -> RunResult {
        let mut run: RunResult =
            serde_json::from_str(include_str!("../../../../tests/fixtures/results.json")).expect("a recorded result");
        let recorded = run.cases[0].clone();
        let case = |repeat: u32| {
            let mut case = CaseResult { repeat: Some(repeat), outcome: Outcome::Passed, ..recorded.clone() };
            if (repeat as usize) <= hung {
                (case.outcome, case.measured.quality) = (Outcome::Hung, None);
            }
            let quality = case.measured.quality.as_mut();
            quality
                .into_iter()
                .for_each(|quality| quality.video.bitrate = Some(bitrate * (1.0 + f64::from(repeat) / 1e3)));
            case
        };
        run.cases = (1..=6).map(case).collect();
        run
    }

    fn held(a: &RunResult, b: &RunResult) -> Comparison {
        compare_runs(("a", a), ("b", b), &CompareSpec::default(), false).expect("compared")
    }

    fn place(good: &RunResult, release: &RunResult, bad: &RunResult) -> Found {
        let wanted = changed(&held(good, bad), &[]);
        assert!(!wanted.is_empty());
        placed(&held(good, release), &held(release, bad), &wanted)
    }

    #[test]
    fn a_release_stands_where_its_figures_do() {
        let (good, bad) = (run(800e3, 0), run(600e3, 0));
        assert_eq!(place(&good, &run(801e3, 0), &bad), Found::Good);
        assert_eq!(place(&good, &run(599e3, 0), &bad), Found::Bad);
        assert_eq!(place(&good, &run(700e3, 0), &bad), Found::Bad, "the change began before it ended");
        assert_eq!(
            place(&good, &run(900e3, 0), &bad),
            Found::Good,
            "what became better first is not what is looked for"
        );
    }

    #[test]
    fn a_release_that_hangs_has_changed() {
        let (good, bad) = (run(800e3, 0), run(800e3, 6));
        let wanted = changed(&held(&good, &bad), &[]);
        assert!(wanted.iter().any(|target| target.figure == Metric::Hangs), "{wanted:?}");
        assert_eq!(place(&good, &run(800e3, 6), &bad), Found::Bad);
        assert_eq!(place(&good, &run(800e3, 0), &bad), Found::Good);
        assert_eq!(place(&good, &run(800e3, 3), &bad), Found::Unknown, "three of six are neither none nor all");
        assert_eq!(changed(&held(&good, &bad), &[Metric::VideoMos]), []);
    }

    #[test]
    fn a_release_without_cases_that_count_cannot_be_told() {
        let (good, bad) = (run(800e3, 0), run(600e3, 0));
        let mut broken = run(600e3, 0);
        broken.cases.iter_mut().for_each(|case| case.outcome = Outcome::Infrastructure);
        assert_eq!(place(&good, &broken, &bad), Found::Unknown);
    }

    #[test]
    fn a_search_ends_as_its_ends_compare() {
        let (good, bad) = (run(800e3, 0), run(600e3, 0));
        let exit = |a: &RunResult, b: &RunResult, only: &[Metric]| {
            let ends = held(a, b);
            let changes = changed(&ends, only);
            let none = (Vec::new(), String::new(), Vec::new());
            let (tried, last_good, first_bad) = none;
            Bisected {
                figures: only.to_vec(),
                first_changes: changes.clone(),
                changes,
                last_good,
                first_bad,
                tried,
                ends,
            }
            .exit()
        };
        assert_eq!(exit(&good, &bad, &[]), Exit::Failed);
        assert_eq!(exit(&bad, &good, &[]), Exit::Passed, "it became better");
        assert_eq!(exit(&good, &bad, &[Metric::AudioMos]), Exit::Passed, "nobody asked for the bitrate");
        let (mut few, mut others) = (good.clone(), good.clone());
        few.cases.truncate(2);
        others.cases.truncate(2);
        assert_eq!(exit(&few, &others, &[]), Exit::Infrastructure, "two repeats show nothing");
    }
}
