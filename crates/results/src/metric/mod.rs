//! Metrics: the quantities that precall measures and that expectations, comparisons, reports and documents name.
//!
//! [`table`] has one row for each. Everything else iterates over it: a new metric is a row with its getter, and nothing
//! more.

mod kind;
mod lookup;
mod row;
mod table;
mod unit;
mod value;

pub use kind::MetricKind;
pub use row::{Gauge, MetricRow, ReadMetric};
pub use table::Metric;
pub use unit::MetricUnit;
pub use value::MetricValue;
