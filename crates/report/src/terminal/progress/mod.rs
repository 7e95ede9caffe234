//! Live progress: on a terminal a line for each slot and a total, elsewhere plain lines.

mod board;
mod running;
mod show;

pub use board::Expected;
pub use show::{Loudness, Progress};
