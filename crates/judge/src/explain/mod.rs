//! Explanations of recorded cases: the samples, the window, the rule and the threshold behind each recommendation,
//! beside what the links counted in the same time. Pure.

mod advice;
mod capacity;
mod limit;
mod model;
mod module_rule;
mod notes;
mod window;

pub use advice::explain;
pub use model::{Advice, Explanation, LinkInWindow, SampleWindow};
pub use notes::{notes, scoring_of};
