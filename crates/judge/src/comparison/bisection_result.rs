//! The change that a search over releases looks for, the place of each release that was tried, and the result of the
//! search.

use serde::{Deserialize, Serialize};

use super::bisection::Placement;
use super::change::Change;
use super::model::Comparison;
use precall_results::Exit;
use precall_results::Metric;

/// A figure of a cell that changed from one side to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignificantChange {
    /// The id of the cell.
    pub cell: String,
    /// The figure that changed.
    pub figure: Metric,
    /// Whether the figure improved or regressed.
    pub change: Change,
}

/// The result of a search over releases: plain data for files and reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BisectionResult {
    /// The figures that were searched for; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Metric>,
    /// The changes from the good release to the bad one.
    pub changes: Vec<SignificantChange>,
    /// The changes that the first bad release already has. The others came later, or could not be detected there.
    pub first_changes: Vec<SignificantChange>,
    /// The last release that behaves as the good one.
    pub last_good: String,
    /// The candidates for the first bad release: one, unless some releases could not be placed. Empty when nothing
    /// changed.
    pub first_bad: Vec<String>,
    /// The releases that ran, in the order in which they ran.
    pub tried: Vec<TriedRelease>,
    /// The comparison of the good release with the bad one.
    pub ends: Comparison,
}

impl BisectionResult {
    /// Returns the exit code: whether one of the figures that were searched for regressed between the ends.
    pub fn exit(&self) -> Exit {
        match self.changes.is_empty() {
            true if self.is_open() => Change::Inconclusive.exit(),
            true => Change::Unchanged.exit(),
            false => Change::worst(self.changes.iter().map(|change| change.change)).exit(),
        }
    }

    /// Whether the ends leave open if one of the figures changed that were searched for.
    pub fn is_open(&self) -> bool {
        let mut figures = self.ends.cells.iter().flat_map(|cell| &cell.figures);
        figures
            .any(|compared| compared.change == Change::Inconclusive && is_searched_for(compared.figure, &self.figures))
    }
}

/// A release that ran in a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TriedRelease {
    /// The version of the release.
    pub release: String,
    /// The place of the release; `found` in files.
    #[serde(rename = "found")]
    pub placement: Placement,
    /// The directory of the release's run; absent when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// Returns the figures that improved or regressed; only those in `only`, unless that is empty.
pub fn significant_changes(comparison: &Comparison, only: &[Metric]) -> Vec<SignificantChange> {
    let figures = comparison.cells.iter().flat_map(|cell| cell.figures.iter().map(move |compared| (cell, compared)));
    figures
        .filter(|(_, compared)| compared.is_significant() && is_searched_for(compared.figure, only))
        .map(|(cell, compared)| SignificantChange {
            cell: cell.id.clone(),
            figure: compared.figure,
            change: compared.change,
        })
        .collect()
}

/// Places a release that was compared with both ends. It is bad when any of the `wanted` changes separates it from the
/// good end, and good only when one of them separates it from the bad end. A release that differs from neither cannot
/// be placed: its comparisons were not sensitive enough.
pub fn classify_release(from_good: &Comparison, to_bad: &Comparison, wanted: &[SignificantChange]) -> Placement {
    let has_any = |comparison| significant_changes(comparison, &[]).iter().any(|change| wanted.contains(change));
    match (has_any(from_good), has_any(to_bad)) {
        (true, _) => Placement::Bad,
        (false, true) => Placement::Good,
        (false, false) => Placement::Unknown,
    }
}

fn is_searched_for(figure: Metric, only: &[Metric]) -> bool {
    only.is_empty() || only.contains(&figure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::compare_runs;
    use precall_results::CompareSpec;
    use precall_results::Outcome;
    use precall_results::{CaseResult, RunResult};

    /// Returns a run of six cases with about this video bitrate; the first `hung` of them hung.
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

    fn compare(a: &RunResult, b: &RunResult) -> Comparison {
        compare_runs(("a", a), ("b", b), &CompareSpec::default(), false).expect("compared")
    }

    fn place(good: &RunResult, release: &RunResult, bad: &RunResult) -> Placement {
        let wanted = significant_changes(&compare(good, bad), &[]);
        assert!(!wanted.is_empty());
        classify_release(&compare(good, release), &compare(release, bad), &wanted)
    }

    #[test]
    fn a_release_is_placed_by_its_figures() {
        let (good, bad) = (run(800e3, 0), run(600e3, 0));
        assert_eq!(place(&good, &run(801e3, 0), &bad), Placement::Good);
        assert_eq!(place(&good, &run(599e3, 0), &bad), Placement::Bad);
        assert_eq!(place(&good, &run(700e3, 0), &bad), Placement::Bad, "the change began before it ended");
        assert_eq!(
            place(&good, &run(900e3, 0), &bad),
            Placement::Good,
            "an improvement is not the change that is searched for"
        );
    }

    #[test]
    fn a_release_that_hangs_is_bad() {
        let (good, bad) = (run(800e3, 0), run(800e3, 6));
        let wanted = significant_changes(&compare(&good, &bad), &[]);
        assert!(wanted.iter().any(|change| change.figure == Metric::Hangs), "{wanted:?}");
        assert_eq!(place(&good, &run(800e3, 6), &bad), Placement::Bad);
        assert_eq!(place(&good, &run(800e3, 0), &bad), Placement::Good);
        assert_eq!(place(&good, &run(800e3, 3), &bad), Placement::Unknown, "three of six are neither none nor all");
        assert_eq!(significant_changes(&compare(&good, &bad), &[Metric::VideoMos]), []);
    }

    #[test]
    fn a_release_without_conclusive_cases_cannot_be_placed() {
        let (good, bad) = (run(800e3, 0), run(600e3, 0));
        let mut broken = run(600e3, 0);
        broken.cases.iter_mut().for_each(|case| case.outcome = Outcome::Infrastructure);
        assert_eq!(place(&good, &broken, &bad), Placement::Unknown);
    }

    #[test]
    fn exit_code_follows_the_comparison_of_the_ends() {
        let (good, bad) = (run(800e3, 0), run(600e3, 0));
        let exit = |a: &RunResult, b: &RunResult, only: &[Metric]| {
            let ends = compare(a, b);
            let changes = significant_changes(&ends, only);
            let (tried, last_good, first_bad) = (Vec::new(), String::new(), Vec::new());
            BisectionResult {
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
        assert_eq!(exit(&good, &bad, &[Metric::AudioMos]), Exit::Passed, "the bitrate was not searched for");
        let (mut few, mut others) = (good.clone(), good.clone());
        few.cases.truncate(2);
        others.cases.truncate(2);
        assert_eq!(exit(&few, &others, &[]), Exit::Infrastructure, "two repeats show nothing");
    }
}
