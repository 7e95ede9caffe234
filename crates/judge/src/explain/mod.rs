//! Why a recorded case came to what it came to: the samples, the window, the rule and the threshold behind each advice, beside what the
//! links counted in the same time. Pure.

mod advice;
mod limit;
mod model;
mod module_rule;
mod notes;
mod window;

pub use advice::explain;
pub use model::{Advice, Explanation, LinkInWindow, SampleWindow};
pub use notes::{notes, scoring_of};
