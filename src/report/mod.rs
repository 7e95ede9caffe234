//! Consumers of events and results that people or programs read. Never touch the runner.
//!
//! [`render`] makes every report from a [`crate::event::Recording`] alone; [`terminal`] is for who watches.

mod error;
mod figures;
#[cfg(test)]
mod fixture;
mod format;
mod github;
mod json;
mod junit;
mod markdown;
mod openmetrics;
mod render;
pub mod terminal;

pub use error::ReportError;
pub use render::{Format, render};
