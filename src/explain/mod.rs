//! Why a recorded case came to what it came to: the samples, the window, the rule and the threshold behind each advice, beside what the
//! links counted in the same time. Pure.

mod advice;
mod model;
mod window;

pub use advice::explain;
pub use model::{Advice, Explanation, LinkInWindow, SampleWindow};
