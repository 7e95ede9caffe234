//! The verdict on a case that ran to its end.

use super::check::{Evidence, both_in_words, check, in_words, value_of};
use super::host::starved;
use super::invariants::contradictions;
use crate::score::{differences, score};
use precall_results::Doubt;
use precall_results::HostLoad;
use precall_results::NetworkCheck;
use precall_results::Outcome;
use precall_results::Sample;
use precall_results::Truth;
use precall_results::{CheckedExpectation, Finding, Measured};
use precall_results::{Level, Metric, MetricValue};
use precall_scenario::CaseSpec;

/// With fewer samples a quality result is no measurement: five make the window that every figure is taken over.
const MIN_SAMPLES: usize = 5;

/// What a case came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// In a word.
    pub outcome: Outcome,
    /// Why, a sentence each. Missed expectations speak for themselves.
    pub reasons: Vec<String>,
    /// Each expectation.
    pub expectations: Vec<CheckedExpectation>,
    /// What else is worth attention.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// This verdict with another outcome, for a reason that weighs more than any expectation.
    pub fn overruled(mut self, outcome: Outcome, reason: String) -> Self {
        self.outcome = outcome;
        self.reasons.insert(0, reason);
        self
    }

    /// This verdict, unless what it goes by says more of the host or of a network that was not the one asked for. Only a quality
    /// that was measured can: an error has its name on any host.
    pub fn on_ground(
        self,
        measured: &Measured,
        host: Option<&HostLoad>,
        frame_rate: u32,
        network: &[NetworkCheck],
    ) -> Self {
        if measured.quality.is_none() {
            return self;
        }
        // A starved host is late with everything, round trips included.
        host.into_iter().fold(self, |verdict, load| verdict.on_host(load, frame_rate)).on_network(network)
    }

    /// This verdict, unless the host could not keep up: then neither a pass nor a failure is believed. `frame_rate` is what
    /// the camera was asked for.
    fn on_host(self, load: &HostLoad, frame_rate: u32) -> Self {
        let signs = starved(load, frame_rate);
        if signs.is_empty() || !matches!(self.outcome, Outcome::Passed | Outcome::Failed) {
            return self;
        }
        self.overruled(Outcome::Inconclusive, format!("{}: {}", Doubt::Host.opening(), signs.join("; ")))
    }

    /// This verdict, unless the network was not the one asked for: what was measured then says nothing about it.
    fn on_network(self, checks: &[NetworkCheck]) -> Self {
        let wrong: Vec<_> = checks.iter().filter(|check| !check.holds()).map(NetworkCheck::in_words).collect();
        if wrong.is_empty() || !matches!(self.outcome, Outcome::Passed | Outcome::Failed) {
            return self;
        }
        self.overruled(Outcome::Inconclusive, format!("{}: {}", Doubt::Network.opening(), wrong.join("; ")))
    }
}

/// Judges what a case measured.
///
/// An error is a pass when an expectation names it; a test that failed fails the case even when nothing was expected of
/// it. `truth` is what the links counted.
pub fn judge(case: &CaseSpec, measured: &Measured, samples: &[Sample], truth: &Truth) -> Verdict {
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

/// Where the page's report and its own samples disagree.
fn mismatches(case: &CaseSpec, measured: &Measured, samples: &[Sample]) -> Vec<Finding> {
    let Some(reported) = &measured.quality else { return Vec::new() };
    let recomputed = Measured { quality: Some(score(samples, case.test.scoring)), ..Measured::default() };
    let words = |metric| {
        let nothing = || "nothing".to_owned();
        let of = |measured: &Measured| value_of(metric, measured, &Truth::default());
        match (of(measured), of(&recomputed)) {
            (Some(reported), Some(recomputed)) => both_in_words(metric, &reported, &recomputed),
            (reported, recomputed) => {
                let one = |value: Option<MetricValue>| value.map_or_else(nothing, |value| in_words(metric, &value));
                (one(reported), one(recomputed))
            }
        }
    };
    let quality = recomputed.quality.as_ref().unwrap_or(reported);
    // Other modules keep the picture's size, which video MOS goes by, to themselves.
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
