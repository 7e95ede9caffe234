//! The advice of each module on each network, beside the truth.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Serialize;

use super::confusion::{ModuleScore, score_of};
use super::judged::{JudgedAdvice, NetworkAdvice};
use super::ladder::Ladder;
use super::truth::TruthTable;
use precall_results::{CaseResult, Phase, QualityResult, Recording};

/// The advice of modules, held against the truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AdviceTable {
    /// What calls sustain on each network.
    pub truth: TruthTable,
    /// The names of the steps, from `none` to the largest size.
    pub steps: Vec<String>,
    /// The modules, in the order of the run, with their scores.
    pub modules: Vec<ModuleScore>,
    /// The networks that both the calls and the tests ran on.
    pub networks: Vec<NetworkAdvice>,
}

impl AdviceTable {
    /// Returns the sizes that are right on a network: `640x360`, or `640x360 or 1280x720` where they look the same.
    pub fn right_sizes(&self, network: &NetworkAdvice) -> String {
        self.steps[network.right_from..=network.truth].join(" or ")
    }
}

/// Returns the advice of a run of network tests, held against the truth. `network` names the network of a case, as in
/// the truth. Tests without a result have no advice, and networks that the truth does not have are left out.
pub fn advice_table(
    tests: &Recording,
    truth: TruthTable,
    network: impl Fn(&CaseResult) -> String,
    module: impl Fn(&CaseResult) -> String,
) -> AdviceTable {
    let ladder = truth.ladder();
    let mut modules: Vec<String> = Vec::new();
    let mut networks: Vec<NetworkAdvice> = Vec::new();
    for known in &truth.networks {
        let mut advice: BTreeMap<String, Vec<JudgedAdvice>> = BTreeMap::new();
        let right = ladder.step(known.best);
        let right_from = right - known.alike().min(right);
        for case in tests.result.cases.iter().filter(|case| network(case) == known.network) {
            let Some(quality) = &case.measured.quality else { continue };
            let name = module(case);
            if !modules.contains(&name) {
                modules.push(name.clone());
            }
            let samples = tests.series.get(&case.case).map(|series| series.samples.as_slice()).unwrap_or_default();
            let last = samples.iter().rev().find(|(_, sample)| sample.phase == Phase::AudioVideo);
            advice.entry(name).or_default().push(judged(quality, right_from..=right, &ladder, last.map(|(at, _)| *at)));
        }
        if !advice.is_empty() {
            let is_borderline = known.is_borderline;
            let network = known.network.clone();
            networks.push(NetworkAdvice { network, truth: right, right_from, is_borderline, advice });
        }
    }
    AdviceTable {
        steps: (0..ladder.steps()).map(|step| ladder.name(step)).collect(),
        modules: modules.into_iter().map(|name| score_of(name, &networks, ladder.steps())).collect(),
        truth,
        networks,
    }
}

fn judged(
    quality: &QualityResult,
    right: RangeInclusive<usize>,
    ladder: &Ladder,
    seconds: Option<f64>,
) -> JudgedAdvice {
    let QualityResult { audio, video } = quality;
    let size = video.recommended_resolution.as_ref().and_then(|size| size.parse().ok());
    let step = ladder.step(size);
    // Ladders have a few steps.
    let off = step as i64 - step.clamp(*right.start(), *right.end()) as i64;
    JudgedAdvice { size, step, off, seconds, video_mos: video.mos, audio_mos: audio.mos }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_that_looks_the_same_is_right() {
        let ladder = Ladder::new(["320x180", "640x360", "1280x720"].map(|size| size.parse().expect("a size")).to_vec());
        let off = |size: Option<&str>, right| {
            let mut quality = QualityResult::default();
            quality.video.recommended_resolution = size.map(str::to_owned);
            judged(&quality, right, &ladder, None).off
        };
        let sizes = [None, Some("320x180"), Some("640x360"), Some("1280x720")];
        assert_eq!(sizes.map(|size| off(size, 2..=2)), [-2, -1, 0, 1]);
        assert_eq!(sizes.map(|size| off(size, 1..=2)), [-1, 0, 0, 1]);
    }
}
