//! Judges what a run measured: scores recomputed from raw samples, verdicts on cases and on runs, comparison of
//! releases, bisection, and explanations. Pure: nothing here opens a file, a socket or a clock.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

pub mod advice;
pub mod call;
pub mod comparison;
pub mod explain;
pub mod history;
pub mod rescore;
pub mod run;
pub mod score;
pub mod statistics;
pub mod verdict;
pub mod warnings;
