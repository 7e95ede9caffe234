//! The verdict on a case that ran to its end.

use super::check::{Evidence, check, describe, describe_both, value_of};
use super::host::starved;
use super::invariants::contradictions;
use crate::score::{differences, score};
use precall_results::Doubt;
use precall_results::GroundTruth;
use precall_results::HostLoad;
use precall_results::NetworkCheck;
use precall_results::Outcome;
use precall_results::Sample;
use precall_results::{CheckedExpectation, Finding, Measured};
use precall_results::{Level, Metric, MetricValue};
use precall_scenario::CaseSpec;

/// The number of samples below which a quality result is not a measurement: five make the window that every figure is
/// taken over.
const MIN_SAMPLES: usize = 5;

/// The verdict on a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The outcome of the case.
    pub outcome: Outcome,
    /// The reasons for the outcome, a sentence each. Missed expectations are not among them.
    pub reasons: Vec<String>,
    /// The result of each expectation.
    pub expectations: Vec<CheckedExpectation>,
    /// Contradictions and mismatches in what the page reported.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Returns this verdict with another outcome, for a reason that outweighs all expectations.
    pub fn overruled(mut self, outcome: Outcome, reason: String) -> Self {
        self.outcome = outcome;
        self.reasons.insert(0, reason);
        self
    }

    /// Returns this verdict, or an inconclusive one if the measurement cannot be relied on: the host could not keep up,
    /// or the network was not the requested one. That concerns measured quality only, since an error has the same name
    /// on any host.
    pub fn unless_unreliable(
        self,
        measured: &Measured,
        host: Option<&HostLoad>,
        frame_rate: u32,
        network: &[NetworkCheck],
    ) -> Self {
        if measured.quality.is_none() {
            return self;
        }
        // The host comes first: a starved host is late with everything, round trips included.
        host.into_iter().fold(self, |verdict, load| verdict.host_check(load, frame_rate)).network_check(network)
    }

    /// Returns this verdict on a call, or an inconclusive one if it cannot be relied on. Each load of the host comes
    /// with the requested frame rate of the camera that belongs to it.
    pub fn unless_call_is_unreliable(self, hosts: &[(HostLoad, u32)], network: &[NetworkCheck]) -> Self {
        hosts
            .iter()
            .fold(self, |verdict, (load, frame_rate)| verdict.host_check(load, *frame_rate))
            .network_check(network)
    }

    /// Returns this verdict, or an inconclusive one if the host could not keep up, when neither a pass nor a failure
    /// can be relied on. `frame_rate` is the requested frame rate of the camera.
    fn host_check(self, load: &HostLoad, frame_rate: u32) -> Self {
        let signs = starved(load, frame_rate);
        if signs.is_empty() || !matches!(self.outcome, Outcome::Passed | Outcome::Failed) {
            return self;
        }
        self.overruled(Outcome::Inconclusive, format!("{}: {}", Doubt::Host.opening(), signs.join("; ")))
    }

    /// Returns this verdict, or an inconclusive one if the network was not the requested one.
    fn network_check(self, checks: &[NetworkCheck]) -> Self {
        let wrong: Vec<_> = checks.iter().filter(|check| !check.holds()).map(NetworkCheck::in_words).collect();
        if wrong.is_empty() || !matches!(self.outcome, Outcome::Passed | Outcome::Failed) {
            return self;
        }
        self.overruled(Outcome::Inconclusive, format!("{}: {}", Doubt::Network.opening(), wrong.join("; ")))
    }
}

/// Judges what a case measured.
///
/// A case whose test ended with an error passes if an expectation names that error. A failed test fails the case even
/// without an expectation. `truth` is what the links counted.
pub fn judge(case: &CaseSpec, measured: &Measured, samples: &[Sample], truth: &GroundTruth) -> Verdict {
    let evidence = Evidence { measured, samples, scoring: case.test.scoring, truth };
    let expectations: Vec<_> = case.expect.iter().map(|expectation| check(expectation, evidence)).collect();
    let names = |metrics: &[Metric]| case.expect.iter().any(|expectation| metrics.contains(&expectation.metric));
    let mut outcome = Outcome::Passed;
    let mut reasons = Vec::new();
    if expectations.iter().any(CheckedExpectation::fails_its_case) {
        outcome = Outcome::Failed;
    }
    let too_few = measured.quality.is_some() && samples.len() < MIN_SAMPLES;
    if too_few {
        outcome = Outcome::Inconclusive;
        reasons.push(format!(
            "{} {} samples; a measurement takes {MIN_SAMPLES}",
            Doubt::Samples.opening(),
            samples.len()
        ));
    }
    if let Some(result) = measured.connectivity.as_ref().filter(|result| !result.success)
        && !names(&[Metric::ConnectivitySuccess, Metric::ConnectivityFailedTests])
    {
        outcome = Outcome::Failed;
        let failed: Vec<_> = result
            .failed_tests
            .iter()
            .map(|test| format!("{} ({}: {})", test.error.name, test.kind, test.error.message))
            .collect();
        reasons.push(format!("the connectivity test failed: {}", failed.join(", ")));
    }
    if let Some(error) = &measured.quality_error
        && !names(&[Metric::QualityError])
    {
        outcome = Outcome::Errored;
        reasons.push(format!("the quality test ended with {}: {}", error.name, error.message));
    }
    let contradictions = contradictions(case, measured, samples);
    if case.invariants == Level::Error
        && let Some(Finding::Contradiction { detail, .. }) = contradictions.first()
        && outcome == Outcome::Passed
    {
        outcome = Outcome::Failed;
        reasons.push(format!("the report contradicts itself: {detail}"));
    }
    let findings = [mismatches(case, measured, samples), contradictions].concat();
    Verdict { outcome, reasons, expectations, findings }
}

/// Returns the figures in which the page's report and its own samples disagree.
fn mismatches(case: &CaseSpec, measured: &Measured, samples: &[Sample]) -> Vec<Finding> {
    let Some(reported) = &measured.quality else { return Vec::new() };
    let recomputed = Measured { quality: Some(score(samples, case.test.scoring)), ..Measured::default() };
    let words = |metric| {
        let nothing = || "nothing".to_owned();
        let of = |measured: &Measured| value_of(metric, measured, &GroundTruth::default());
        match (of(measured), of(&recomputed)) {
            (Some(reported), Some(recomputed)) => describe_both(metric, &reported, &recomputed),
            (reported, recomputed) => {
                let one = |value: Option<MetricValue>| value.map_or_else(nothing, |value| describe(metric, &value));
                (one(reported), one(recomputed))
            }
        }
    };
    let quality = recomputed.quality.as_ref().unwrap_or(reported);
    // Other modules do not report the size of the picture, on which the video MOS depends.
    let has_size = samples.iter().filter_map(|sample| sample.video.as_ref()).any(|video| video.frame_width.is_some());
    differences(reported, quality)
        .into_iter()
        .filter(|metric| has_size || *metric != Metric::VideoMos)
        .map(|metric| {
            let (reported, recomputed) = words(metric);
            Finding::ScoreMismatch { metric, reported, recomputed }
        })
        .collect()
}
