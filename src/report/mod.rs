//! Consumers of events and results that people or programs read. Never touch the runner.

mod format;
pub mod terminal;
