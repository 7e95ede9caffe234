//! Verdicts: expectations held against what was measured, each with its reason. Pure.

mod check;
mod finding;
mod host;
mod judge;

pub use finding::{CheckedExpectation, Finding, Measured};
pub use host::HostLoad;
pub use judge::{Verdict, judge};
