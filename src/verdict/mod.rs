//! Verdicts: expectations held against what was measured, each with its reason. Pure.

mod finding;

pub use finding::{CheckedExpectation, Finding, Measured};
