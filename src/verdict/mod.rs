//! Verdicts: expectations held against what was measured, each with its reason. Pure.

mod aggregate;
mod check;
mod doubt;
mod finding;
mod host;
mod invariants;
mod judge;
mod media;
mod network;
pub(crate) mod readable;
mod truth;

pub use aggregate::aggregate;
pub use check::got_in_words;
pub use doubt::Doubt;
pub use finding::{CheckedExpectation, Finding, Measured};
pub use host::HostLoad;
pub use judge::{Verdict, judge};
pub use media::{CandidateType, FrameSize, MediaDirection, MediaRoute, MediaTransport, MediaTravel};
pub use network::{Claim, Claims, NetworkCheck, NetworkEvidence, PageTraffic, Quantity, check_network, claims};
pub use truth::{LinkTruth, Truth};
