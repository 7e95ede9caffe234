//! An index of past runs in SQLite, which answers what their directories together say: which runs there were, and how a
//! metric developed over releases and runs.
//!
//! The directories are the record. The index is made from them, can be deleted at any time, and is brought up to date
//! whenever it is opened. Several processes may use it at once.

mod error;
mod index;
mod insert;
mod query;
mod schema;

pub use error::IndexError;
pub use index::{Refreshed, RunIndex};
pub use query::TrendFilter;
