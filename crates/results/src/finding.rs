//! The report of the page, and the findings in it.

use serde::{Deserialize, Serialize};

use crate::{ConnectivityResult, NamedError, QualityResult};
use crate::{Expectation, Level, Metric};

/// The results that the page reported; absent where it did not get that far.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// The value that `testConnectivity` resolved with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connectivity: Option<ConnectivityResult>,
    /// The value that `testQuality` resolved with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<QualityResult>,
    /// The error that `testQuality` rejected with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_error: Option<NamedError>,
}

/// An expectation with its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckedExpectation {
    /// The expectation, with its place in the scenario.
    pub expectation: Expectation,
    /// The expectation in words: `video.mos >= 3.4`.
    pub wanted: String,
    /// The measured value in words; absent when nothing was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// The measured value as a number in the metric's unit; absent where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Whether the expectation is met. Without a measured value it is not.
    pub passed: bool,
}

impl CheckedExpectation {
    /// Whether it fails its case: it is missed, its level is `error`, and it is not about all repeats together.
    pub fn fails_its_case(&self) -> bool {
        !self.passed && self.expectation.level == Level::Error && self.expectation.aggregate.is_none()
    }
}

/// Something that contradicts the report of the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Finding {
    /// The page's report and the recomputation from its own samples differ by more than rounding.
    ScoreMismatch {
        /// The metric that differs.
        metric: Metric,
        /// The value that the page reported.
        reported: String,
        /// The value that follows from the samples.
        recomputed: String,
    },
    /// The report contradicts itself, or what a network test promises.
    Contradiction {
        /// The rule that is broken: `mos-against-supported`, `callback-pace`, …
        rule: String,
        /// The contradiction in words.
        detail: String,
    },
}
