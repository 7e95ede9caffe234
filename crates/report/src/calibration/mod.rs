//! A sweep over rate or loss, seen as a calibration: what each network test would advise, and how it would score, against what the
//! links did; and where its advice switches.

mod point;
mod sweep;

pub use point::SweepPoint;
pub use sweep::{Sweep, SweptBy, Switch, sweeps};
