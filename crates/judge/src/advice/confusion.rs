//! How often a module is right, and which steps it takes for which.

use serde::Serialize;

use super::judged::{JudgedAdvice, NetworkAdvice};
use crate::statistics::{median, quantile};

/// How often each step was advised where each step was right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// The number of tests, by the step that is right and then by the step that was advised.
    pub counts: Vec<Vec<u64>>,
}

/// How good the advice of a module is, over all networks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleScore {
    /// The name of the module, with its scoring and release where they vary.
    pub module: String,
    /// The number of tests with a result.
    pub tests: u64,
    /// The share whose advice is right, 0 to 1. This and the other shares are 0 of no tests.
    pub right: f64,
    /// The share that is at most one step off.
    pub within_one: f64,
    /// The share that is too high.
    pub too_high: f64,
    /// The share of right advice on the networks that are not borderline.
    pub right_where_clear: f64,
    /// The share of tests that gave the most frequent advice of their network; absent where no network had repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated: Option<f64>,
    /// The median time until the last measurement, in seconds; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_seconds: Option<f64>,
    /// The 95th percentile of that time, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_seconds: Option<f64>,
    /// Which steps were taken for which.
    pub confusion: Confusion,
}

/// Returns the score of a module over networks, with this number of steps.
pub(super) fn score_of(module: String, networks: &[NetworkAdvice], steps: usize) -> ModuleScore {
    let mut counts = vec![vec![0; steps]; steps];
    let mut all: Vec<&JudgedAdvice> = Vec::new();
    let mut clear: Vec<&JudgedAdvice> = Vec::new();
    let (mut same, mut repeated) = (0, 0);
    for network in networks {
        let Some(advice) = network.advice.get(&module) else { continue };
        advice.iter().for_each(|one| counts[network.truth][one.step] += 1);
        all.extend(advice);
        if !network.is_borderline {
            clear.extend(advice);
        }
        if advice.len() > 1 {
            let count = |step: usize| advice.iter().filter(|one| one.step == step).count();
            same += (0..steps).map(count).max().unwrap_or_default();
            repeated += advice.len();
        }
    }
    let seconds: Vec<f64> = all.iter().filter_map(|one| one.seconds).collect();
    ModuleScore {
        module,
        tests: all.len() as u64,
        right: share(&all, |one| one.off == 0),
        within_one: share(&all, |one| one.off.abs() <= 1),
        too_high: share(&all, |one| one.off > 0),
        right_where_clear: share(&clear, |one| one.off == 0),
        repeated: (repeated > 0).then(|| same as f64 / repeated as f64),
        median_seconds: median(&seconds),
        p95_seconds: quantile(&seconds, 0.95),
        confusion: Confusion { counts },
    }
}

fn share(advice: &[&JudgedAdvice], counts: impl Fn(&JudgedAdvice) -> bool) -> f64 {
    let count = advice.iter().filter(|one| counts(one)).count();
    if advice.is_empty() { 0.0 } else { count as f64 / advice.len() as f64 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn network(truth: usize, is_borderline: bool, steps: &[usize]) -> NetworkAdvice {
        let advice = steps.iter().map(|step| JudgedAdvice {
            size: None,
            step: *step,
            off: *step as i64 - truth as i64,
            seconds: Some(6.0 + *step as f64),
            video_mos: None,
            audio_mos: None,
        });
        NetworkAdvice {
            network: "n".to_owned(),
            truth,
            right_from: truth,
            is_borderline,
            advice: BTreeMap::from([("m".to_owned(), advice.collect())]),
        }
    }

    #[test]
    fn advice_is_right_too_high_or_too_low() {
        let networks = [network(2, false, &[2, 2, 3]), network(3, true, &[1, 3, 3]), network(0, false, &[2])];
        let score = score_of("m".to_owned(), &networks, 4);
        assert_eq!(score.tests, 7);
        assert_eq!((score.right, score.too_high), (4.0 / 7.0, 2.0 / 7.0));
        assert_eq!((score.within_one, score.right_where_clear), (5.0 / 7.0, 0.5));
        assert_eq!(score.repeated, Some(4.0 / 6.0));
        assert_eq!((score.median_seconds, score.p95_seconds), (Some(8.0), Some(9.0)));
        assert_eq!(score.confusion.counts[2], [0, 0, 2, 1]);
    }

    #[test]
    fn a_module_without_tests_has_no_shares() {
        let score = score_of("other".to_owned(), &[network(1, false, &[1])], 2);
        assert_eq!((score.tests, score.right, score.repeated, score.median_seconds), (0, 0.0, None, None));
    }
}
