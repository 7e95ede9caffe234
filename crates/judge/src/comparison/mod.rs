//! Two sides held against one another: two runs, or two values of an axis in one. Pure; tests and intervals are those of
//! `statistics`, what counts is what the scenario's `[compare]` says.

mod axis;
mod bisected;
mod bisection;
mod cell;
mod change;
mod compare;
mod figure;
mod gate;
mod model;
mod samples;
mod sequential;
mod sides;
mod unlike;
mod upgrade;

pub use axis::compared_axis;
pub use bisected::{Bisected, Target, Tried, changed, placed};
pub use bisection::{Bisection, Found};
pub use change::Change;
pub use compare::{CompareError, compare_axis, compare_runs};
pub use gate::{Gate, Looks, Stopping};
pub use model::{Cell, Comparison, Figures, LeftOut, RateInterval, Side};
pub use sequential::{Against, Sequential};
pub use unlike::unlike;
pub use upgrade::{Foreseen, MANY_ENOUGH, Noise, builds, cell_name, conclude, foresee, is_enough, judge_gate, settle};
