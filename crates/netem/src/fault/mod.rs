//! Faults of the platform as a value: which leg fails, how, and when. Plain data; `platform` carries them out.

mod model;
mod parse;

pub use model::{Action, Fault, Faults, Leg};
pub use parse::parse_fault;
