//! Calls: what their events and counters add up to, and the verdict on them. Pure.

mod counters;
mod score;
mod subscriptions;
mod verdict;

pub use score::{CallRecord, score_call};
pub use verdict::{depends_on_figures, judge_call};

#[cfg(test)]
mod tests;
