//! Verdicts on cases: expectations checked against measurements, each with its reason. Pure.

mod aggregate;
mod check;
mod host;
mod invariants;
mod judge;
mod network;

pub use aggregate::aggregate;
pub(crate) use check::check_value;
pub use check::got_in_words;
pub use host::starved;
pub use judge::{Verdict, judge};
pub use network::{NetworkEvidence, PageTraffic, accuracy, check_network};
