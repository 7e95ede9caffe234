//! Metrics: the quantities that precall measures and that expectations, comparisons, reports and documents name.
//!
//! [`table`] has one row for each. Everything else iterates over it: a new metric is a row with its getter, and nothing
//! more.

mod call_rows;
mod kind;
mod lookup;
mod network_rows;
mod perceived_rows;
mod row;
mod row_defaults;
mod table;
mod unit;
mod value;

pub use kind::MetricKind;
pub use row::{CaseKind, Gauge, MetricRow, ReadCall, ReadMetric};
pub use table::Metric;
pub use unit::MetricUnit;
pub use value::MetricValue;
