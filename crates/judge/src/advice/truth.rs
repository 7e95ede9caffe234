//! The truth of networks: the best size that a call on each of them sustains.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::borderline::{alike, is_borderline};
use super::call_figures::{CallFigures, Criterion, SizeTruth, limits};
use super::ladder::Ladder;
use precall_results::{
    BuildInfo, CallResult, CaseResult, CheckedExpectation, Environment, FrameSize, Metric, Outcome, RunResult,
};

/// The end of the axis that holds the published size: names of axes are shortened in results.
const SIZE_AXIS: &str = "resolution";

/// The truth of each network, and where it was found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TruthTable {
    /// The environment of the calls: browser, operating system, CPUs. Absent in a table that nobody measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// The release of OpenTok.js.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk: Option<String>,
    /// When the calls ran, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The networks, in the order of the scenario.
    pub networks: Vec<NetworkTruth>,
}

/// What calls on one network sustained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkTruth {
    /// The name of the case and the axes of the network.
    pub network: String,
    /// The best size that was sustained; absent if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best: Option<FrameSize>,
    /// Whether another run could find another size: repeats disagree, a figure that decides is near its limit, or the
    /// next smaller size looks the same.
    pub is_borderline: bool,
    /// The sizes, in ascending order.
    pub sizes: Vec<SizeTruth>,
}

impl TruthTable {
    /// Returns the ladder of the sizes that were tried.
    pub(super) fn ladder(&self) -> Ladder {
        Ladder::new(self.networks.iter().flat_map(|network| network.sizes.iter().map(|size| size.size)).collect())
    }
}

/// Returns the truth that a run of calls shows. `network` names the network of a case.
pub fn truth_table(run: &RunResult, network: impl Fn(&CaseResult) -> String) -> TruthTable {
    let mut order: Vec<String> = Vec::new();
    let mut calls: BTreeMap<(String, u64), (FrameSize, Vec<CallFigures>)> = BTreeMap::new();
    for case in run.cases.iter().filter(|case| case.call.is_some() || case.outcome != Outcome::Passed) {
        let axis = case.axes.iter().find(|(axis, _)| axis.ends_with(SIZE_AXIS));
        let Some(size) = axis.and_then(|(_, size)| size.parse::<FrameSize>().ok()) else { continue };
        let name = network(case);
        if !order.contains(&name) {
            order.push(name.clone());
        }
        let (_, known) = calls.entry((name, size.pixels())).or_insert_with(|| (size, Vec::new()));
        known.push(figures(case, size));
    }
    TruthTable {
        environment: Some(run.run.environment.clone()),
        sdk: run
            .cases
            .first()
            .map(|case| case.call.as_ref().map_or(&case.sdk, |call| sdk_of(call, &case.sdk)).version.clone()),
        at: Some(run.run.started_at.clone()),
        networks: order
            .into_iter()
            .map(|name| {
                let of = calls.iter().filter(|((network, _), _)| *network == name).map(|(_, one)| one.clone());
                network_truth(name.clone(), of.collect())
            })
            .collect(),
    }
}

fn sdk_of<'a>(call: &'a CallResult, otherwise: &'a BuildInfo) -> &'a BuildInfo {
    call.participants.first().map_or(otherwise, |participant| &participant.sdk)
}

/// Returns the truth of a network from the calls of each size, in ascending order of the sizes.
fn network_truth(network: String, mut calls: Vec<(FrameSize, Vec<CallFigures>)>) -> NetworkTruth {
    let mut below: Option<f64> = None;
    for (_, calls) in &mut calls {
        for call in calls.iter_mut() {
            let is_worse = below.zip(call.similarity).is_some_and(|(below, own)| own < below - limits::SIMILARITY);
            if is_worse {
                call.missed.push(Criterion::Similarity);
            }
        }
        let similarities: Vec<f64> = calls.iter().filter_map(|call| call.similarity).collect();
        let count = similarities.len() as f64;
        below = (count > 0.0).then(|| similarities.iter().sum::<f64>() / count).or(below);
    }
    let sizes: Vec<SizeTruth> = calls
        .into_iter()
        .map(|(size, calls)| {
            let sustained = calls.iter().filter(|call| call.missed.is_empty()).count();
            SizeTruth { size, is_sustained: sustained * 2 > calls.len(), calls }
        })
        .collect();
    let best = sizes.iter().rposition(|size| size.is_sustained);
    let is_borderline = is_borderline(&sizes, best);
    NetworkTruth { network, best: best.map(|index| sizes[index].size), is_borderline, sizes }
}

impl NetworkTruth {
    /// Returns how many of the sizes below the best one look the same on this network: their calls sustain them, the
    /// calls of the best size received no more pixels than they have, and its picture is not more like the film.
    pub fn alike(&self) -> usize {
        let best = self.sizes.iter().position(|size| Some(size.size) == self.best);
        best.map_or(0, |best| alike(&self.sizes, best))
    }
}

/// Whether a received size is near enough to the published one.
fn is_kept(received: FrameSize, published: FrameSize) -> bool {
    // A double holds the pixels of any frame.
    received.pixels() as f64 >= published.pixels() as f64 * limits::PIXELS
}

/// Returns the figures of a call from the expectations that it recorded, and what it missed.
fn figures(case: &CaseResult, size: FrameSize) -> CallFigures {
    let checked = |metric: Metric| case.expectations.iter().find(|one| one.expectation.metric == metric);
    let number = |metric: Metric| checked(metric).and_then(|one: &CheckedExpectation| one.value);
    let received = checked(Metric::VideoResolution).and_then(|one| one.got.as_ref()?.parse().ok());
    let mut call = CallFigures {
        received,
        frame_rate: number(Metric::VideoFrameRate),
        frozen: number(Metric::VideoFreezeDuration),
        delay_p95: number(Metric::VideoEndToEndDelayP95),
        concealed: number(Metric::AudioConcealedSamplesRatio),
        similarity: number(Metric::VideoSimilarity),
        mos_lqo: number(Metric::AudioMosLqo),
        missed: Vec::new(),
    };
    let keeps = |value: Option<f64>, is_kept: fn(f64) -> bool| value.is_some_and(is_kept);
    let criteria = [
        (Criterion::Measured, matches!(case.outcome, Outcome::Passed | Outcome::Failed)),
        (Criterion::Size, received.is_some_and(|received| is_kept(received, size))),
        (Criterion::FrameRate, keeps(call.frame_rate, |rate| rate >= limits::FRAME_RATE)),
        (Criterion::Frozen, keeps(call.frozen, |share| share < limits::FROZEN)),
        (Criterion::Delay, keeps(call.delay_p95, |delay| delay < limits::DELAY)),
        (Criterion::Concealed, keeps(call.concealed, |share| share < limits::CONCEALED)),
    ];
    call.missed = criteria.into_iter().filter(|(_, is_kept)| !is_kept).map(|(criterion, _)| criterion).collect();
    call
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(text: &str) -> FrameSize {
        text.parse().expect("a size")
    }

    fn call(similarity: f64, missed: &[Criterion]) -> CallFigures {
        CallFigures {
            frame_rate: Some(29.9),
            frozen: Some(0.0),
            delay_p95: Some(0.15),
            concealed: Some(0.001),
            similarity: Some(similarity),
            missed: missed.to_vec(),
            ..CallFigures::default()
        }
    }

    fn truth(calls: [CallFigures; 3]) -> NetworkTruth {
        let sizes = ["320x180", "640x360", "1280x720"].map(size);
        network_truth("n".to_owned(), sizes.into_iter().zip(calls).map(|(size, call)| (size, vec![call])).collect())
    }

    #[test]
    fn the_best_size_is_the_largest_that_calls_sustain() {
        let all = truth([call(0.7, &[]), call(0.8, &[]), call(0.9, &[])]);
        assert_eq!((all.best, all.is_borderline), (Some(size("1280x720")), false));
        let small = truth([call(0.7, &[]), call(0.8, &[Criterion::Size]), call(0.8, &[Criterion::Size])]);
        assert_eq!((small.best, small.is_borderline), (Some(size("320x180")), false));
        let none = [0.3, 0.3, 0.3].map(|similarity| call(similarity, &[Criterion::Concealed]));
        assert_eq!(truth(none).best, None);
    }

    #[test]
    fn sizes_that_look_the_same_are_alike() {
        let received =
            |received: &str, similarity: f64| CallFigures { received: Some(size(received)), ..call(similarity, &[]) };
        let alike = |calls: [CallFigures; 3]| truth(calls).alike();
        assert_eq!(alike([call(0.7, &[]), received("640x360", 0.82), received("640x360", 0.815)]), 1);
        assert_eq!(alike([received("320x180", 0.8), received("320x180", 0.8), received("320x180", 0.8)]), 2);
        // More pixels, or a better picture.
        assert_eq!(alike([call(0.7, &[]), received("640x360", 0.82), received("960x540", 0.82)]), 0);
        assert_eq!(alike([call(0.7, &[]), received("640x360", 0.82), received("640x360", 0.84)]), 0);
        let late = CallFigures { missed: vec![Criterion::Delay], ..received("640x360", 0.82) };
        assert_eq!(alike([call(0.7, &[]), late, received("640x360", 0.82)]), 0);
    }

    #[test]
    fn a_larger_picture_must_not_look_worse() {
        let worse = truth([call(0.7, &[]), call(0.8, &[]), call(0.75, &[])]);
        assert_eq!(worse.best, Some(size("640x360")));
        assert_eq!(worse.sizes[2].calls[0].missed, [Criterion::Similarity]);
    }

    #[test]
    fn a_size_is_kept_down_to_the_next_smaller_one() {
        assert!(is_kept(size("960x540"), size("1280x720")) && is_kept(size("640x360"), size("1280x720")));
        assert!(!is_kept(size("480x270"), size("1280x720")) && !is_kept(size("160x90"), size("640x360")));
    }

    #[test]
    fn figures_near_their_limits_make_a_network_borderline() {
        let near = CallFigures { delay_p95: Some(0.39), ..call(0.9, &[]) };
        assert!(truth([call(0.7, &[]), call(0.8, &[]), near]).is_borderline);
        let missed = CallFigures { concealed: Some(0.0205), ..call(0.9, &[Criterion::Concealed]) };
        assert!(truth([call(0.7, &[]), call(0.8, &[]), missed]).is_borderline);
        let alike = CallFigures { received: Some(size("640x360")), ..call(0.9, &[]) };
        assert!(truth([call(0.7, &[]), call(0.9, &[]), alike.clone()]).is_borderline);
        let larger = CallFigures { received: Some(size("960x540")), ..alike };
        assert!(!truth([call(0.7, &[]), call(0.9, &[]), larger]).is_borderline);
        let repeats = vec![call(0.7, &[]), call(0.7, &[]), call(0.7, &[Criterion::Frozen])];
        let undecided = network_truth("n".to_owned(), vec![(size("320x180"), repeats)]);
        assert!(undecided.is_borderline && undecided.best == Some(size("320x180")));
    }
}
