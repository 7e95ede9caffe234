//! Consumers of events and results that people or programs read. Never touch the runner.
//!
//! [`render`] makes every report from a [`precall_results::Recording`] alone; [`terminal`] is for who watches.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

mod across;
mod calibration;
mod cells;
mod chart;
mod compared;
mod error;
mod figures;
#[cfg(test)]
mod fixture;
mod format;
mod github;
mod html;
mod json;
mod junit;
mod markdown;
mod media;
mod names;
mod openmetrics;
mod render;
mod repository;
mod rows;
mod sentence;
mod series;
pub mod terminal;

pub use calibration::{Sweep, SweepPoint, SweptBy, Switch, sweeps};
pub use error::ReportError;
pub use html::{calibration_html, comparison_html, html};
pub use names::Names;
pub use render::{Format, render};
