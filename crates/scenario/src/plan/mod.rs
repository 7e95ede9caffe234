//! The plan: the cases of scenarios, with stable ids, seeds, filters, estimates and shards. Pure: data from npm and
//! from earlier runs is an input.

mod case;
mod duration;
mod estimate;
mod expand;
mod filter;
mod outline;
mod releases;
mod schedule;
mod shard;
mod weight;

pub use case::Case;
pub use duration::Durations;
pub use estimate::{Estimate, comparable_lengths};
pub use expand::{PlanError, expand};
pub use filter::Filter;
pub use outline::outline;
pub use releases::Releases;
pub use schedule::{Job, makespan, next, order};
pub use shard::Shard;
pub use weight::CpuWeight;
