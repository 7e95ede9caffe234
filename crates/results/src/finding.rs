//! The parts of a verdict.

use serde::{Deserialize, Serialize};

use crate::{ConnectivityResult, NamedError, QualityResult};
use crate::{Expectation, Level, Metric};

/// What the page reported, as far as it got.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// What `testConnectivity` resolved with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connectivity: Option<ConnectivityResult>,
    /// What `testQuality` resolved with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<QualityResult>,
    /// What `testQuality` rejected with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_error: Option<NamedError>,
}

/// One expectation with what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckedExpectation {
    /// What was wanted, and where the scenario says so.
    pub expectation: Expectation,
    /// What was wanted, in words: `video.mos >= 3.4`.
    pub wanted: String,
    /// What was measured, in words; absent when nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// What was measured, as a number in the metric's unit, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Whether it is met. Nothing measured never meets anything.
    pub passed: bool,
}

impl CheckedExpectation {
    /// Whether a case fails by it: it is missed, no mere warning, and not of all repeats together.
    pub fn fails_its_case(&self) -> bool {
        !self.passed && self.expectation.level == Level::Error && self.expectation.aggregate.is_none()
    }
}

/// Something worth a reader's attention besides the expectations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Finding {
    /// The page's report and the recomputation from its own samples differ by more than rounding.
    ScoreMismatch {
        /// Which figure.
        metric: Metric,
        /// What the page reported.
        reported: String,
        /// What the samples give.
        recomputed: String,
    },
    /// The report contradicts itself, or what a network test promises.
    Contradiction {
        /// Which rule it breaks: `mos-against-supported`, `callback-pace`, …
        rule: String,
        /// How, in words.
        detail: String,
    },
}
