//! The history of a metric over runs: its values by release or by run, and where they changed.

mod change_point;
mod past_run;
mod trend;

pub use past_run::{PastRun, RunState};
pub use trend::{Trend, TrendChange, TrendPoint, TrendValue, trends};
