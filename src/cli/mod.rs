//! The command line: one file a subcommand; raw arguments become one validated request.

mod args;
mod browser;
mod builds;
mod calibrate;
mod check;
mod doctor;
mod error;
mod list;
mod main;
mod merge;
mod networks;
mod planning;
mod platform;
mod report;
mod report_args;
mod run;
mod signals;

pub use main::main;
