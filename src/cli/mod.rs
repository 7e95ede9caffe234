//! The command line: one file a subcommand; raw arguments become one validated request.

mod against;
mod args;
mod args_of_browsers;
mod args_of_results;
mod baseline;
mod bisect;
mod bisect_args;
mod browser;
mod browsers;
mod builds;
mod calibrate;
mod check;
mod compare;
mod consumer;
mod doctor;
mod error;
mod execute;
mod explain;
mod limits;
mod list;
mod main;
mod merge;
mod networks;
mod notices;
mod planning;
mod platform;
mod published_args;
mod relay_args;
mod report;
mod report_args;
mod rescore;
mod run;
mod schema;
mod signals;

pub use main::main;
