//! Verdicts: expectations held against what was measured, each with its reason. Pure.

mod check;
mod finding;
mod judge;

pub use finding::{CheckedExpectation, Finding, Measured};
pub use judge::{Verdict, judge};
