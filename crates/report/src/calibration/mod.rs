//! A sweep over rate or loss as a calibration of network-test modules: their advice and their scores beside the
//! counters of the links, and the values at which the advice changes.

mod point;
mod sweep;

pub use point::SweepPoint;
pub(super) use point::median;
pub use sweep::{ChangePoint, Sweep, SweepAxis, sweeps};
