//! The verdict on a run: what its cases say together.

mod monotonic;
mod repeats;

pub use repeats::conclude;
