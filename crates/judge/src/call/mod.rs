//! Calls: what their events and counters add up to, and the verdict on them. Pure.

mod counters;
mod perceived;
mod score;
mod subscriptions;
mod verdict;

pub use score::{CallRecord, score_call};
pub use verdict::{judge_call, requested_frame_rate, unless_unreliable};

#[cfg(test)]
mod tests;
