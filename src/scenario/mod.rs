//! Scenario files: what they may say (`model`), how they are read, and what is said when they are wrong.
//!
//! Knows no browser and no platform: a scenario is a value.

mod model;

pub use model::{
    Camera, CaseSpec, Expectation, ExpectedValue, Metric, Operator, PlatformSpec, Scenario, ScoringProfile, SdkSpec,
    Source, TestSpec, TokenKind,
};
