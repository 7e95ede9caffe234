//! The verdict on an upgrade: a comparison read as one question, "is the new side worse?", with one answer.
//!
//! A figure is *worse* when `compare` calls it regressed, with the level shared out over all cells; breakdowns (hangs, errors) have a
//! test of their own. The answer is *no worse* only when a change that counts would have been seen: every other comparison
//! *cannot tell*, and says why.

mod assess;
mod breakdowns;
mod conclude;
mod doubts;
mod expectations;
mod forecast;
mod margin;
mod sentence;

pub use assess::MANY_ENOUGH;
pub(super) use conclude::{Question, sides_of_gate, up_to};
pub use conclude::{builds, conclude, judge_gate, settle};
pub use forecast::{Foreseen, Noise, foresee, is_enough};
pub(super) use margin::hang_is_visible;
pub use sentence::cell_name;

#[cfg(test)]
mod tests;
