//! The verdict on an upgrade: a comparison read as one question, "is the new side worse?", with one answer.
//!
//! A figure is *worse* when its comparison says that it regressed, with the level shared out over all cells. Breakdowns
//! (hangs, errors) have a test of their own. The answer is *no worse* only when a change that counts would have been
//! detected. Every other comparison *cannot tell*, and gives the reason.

mod answer;
mod breakdowns;
mod conclude;
mod expectations;
mod forecast;
mod looks;
mod margin;
mod obstacles;
mod question;
mod sentence;
mod sides;
mod words;

pub use conclude::{conclude, settle};
pub use forecast::{Noise, Sensitivity, expected_sensitivity, is_sensitive_enough};
pub use looks::Looks;
pub use margin::MIN_REPEATS;
pub(super) use question::Question;
pub use question::judge_gate;
pub use sides::builds;
pub(super) use sides::gate_sides;
pub use words::cell_name;

#[cfg(test)]
mod tests;
