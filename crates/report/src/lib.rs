//! Reports for people and programs.
//!
//! [`render`] makes every report from a [`precall_results::Recording`] alone, and [`terminal`] shows a run while it
//! runs. Neither depends on the runner.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

#[cfg(test)]
mod advice_fixture;
mod calibration;
mod case_repeats;
mod chart;
mod compared;
mod csv;
mod csv_report;
mod ctrf;
mod error;
mod figures;
#[cfg(test)]
mod fixture;
mod format;
mod gauges;
mod github;
mod html;
mod joint_results;
mod json;
mod junit;
mod markdown;
mod media;
mod names;
mod openmetrics;
mod otlp;
mod render;
mod repository;
mod rows;
mod sentence;
mod series;
mod summary;
mod tap;
pub mod terminal;
mod test_results;
mod timeline;
mod webrtc_internals;

pub use calibration::{ChangePoint, Sweep, SweepAxis, SweepPoint, sweeps};
pub use csv::{flaky_cases_csv, past_runs_csv, trends_csv};
pub use error::ReportError;
pub use html::{
    InvitationRow, LineReportRow, TrendQuery, advice_html, calibration_html, comparison_html, flaky_html, html,
    line_reports_html, live_html, runs_html, token_html, trend_html,
};
pub use names::Names;
pub use render::{Format, render};
pub use webrtc_internals::{DumpedReport, webrtc_internals};
