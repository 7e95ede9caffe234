//! From a scenario to the cases that will run: stable ids, seeds, filters. Pure.

mod case;

pub use case::{Case, expand};
