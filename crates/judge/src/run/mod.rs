//! The verdict on a run, from all its cases together.

mod monotonic;
mod repeats;

pub use repeats::conclude;
