//! Live progress: a line for each slot and a total on a terminal, and plain lines everywhere else.

mod board;
mod running;
mod show;

pub use board::ExpectedDurations;
pub use show::{Progress, Verbosity};
