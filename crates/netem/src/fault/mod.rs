//! Faults of the platform as values: the service that fails, how it fails, and when. Plain data; the platform carries
//! them out.

mod model;
mod parse;

pub use model::{Action, Fault, Faults, Service};
pub use parse::parse_fault;
