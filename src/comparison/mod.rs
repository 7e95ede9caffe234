//! Two sides held against one another: two runs, or two values of an axis in one. Pure; tests and intervals are those of
//! `statistics`, what counts is what the scenario's `[compare]` says.

mod bisected;
mod bisection;
mod cell;
mod change;
mod compare;
mod figure;
mod model;
mod samples;
mod sequential;
mod sides;
mod unlike;

pub use bisected::{Bisected, Target, Tried, changed, placed};
pub use bisection::{Bisection, Found};
pub use change::Change;
pub use compare::{CompareError, compare_axis, compare_runs};
pub use model::{Cell, Comparison, Figures, LeftOut, RateInterval, Side};
pub use sequential::{Against, Sequential};
pub use unlike::unlike;
