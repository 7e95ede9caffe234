//! The gate: whether a new release is worse than the one in use.

mod forecast;
mod plan;

pub use forecast::forecast;
pub use plan::{GateRequest, plan_gate};
