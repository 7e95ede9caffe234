//! Comparison of two sides: two runs, or two values of an axis in one run. Pure.
//!
//! Tests and intervals are those of `statistics`. The scenario's `[compare]` states which changes count.

mod axis;
mod bisection;
mod bisection_result;
mod cell_comparison;
mod change;
mod compare;
mod gate;
mod groups;
mod incompatibility;
mod metric_comparison;
mod metric_value;
mod model;
mod sequential;
mod upgrade;

pub use axis::compared_axis;
pub use bisection::{Bisection, Placement};
pub use bisection_result::{BisectionResult, SignificantChange, TriedRelease, classify_release, significant_changes};
pub use change::Change;
pub use compare::{CompareError, compare_axis, compare_runs};
pub use gate::{Gate, Stopping};
pub use incompatibility::incompatibilities;
pub use model::{CellComparison, Comparison, Excluded, MetricComparison, RateInterval, Side};
pub use sequential::{Reference, Sequential};
pub use upgrade::{
    Looks, MIN_REPEATS, Noise, Sensitivity, builds, cell_name, conclude, expected_sensitivity, is_sensitive_enough,
    judge_gate, settle,
};
