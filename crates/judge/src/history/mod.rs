//! The history of a metric over runs: its values by release or by run, and where they changed.

mod change_point;
mod flaky_case;
mod group_by;
mod past_run;
mod trend;

pub use flaky_case::FlakyCase;
pub use group_by::GroupBy;
pub use past_run::{PastRun, RunState};
pub use trend::{Trend, TrendChange, TrendPoint, TrendValue, trends};
