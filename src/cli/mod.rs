//! The command line: each subcommand parses its arguments into a request, calls a job, and prints the result.

mod args;
mod baseline;
mod bisect;
mod browser;
mod calibrate;
mod check;
mod compare;
mod dispatch;
mod doctor;
mod error;
mod explain;
mod gate;
mod list;
mod merge;
mod networks;
mod platform;
mod platform_args;
mod platform_log;
mod platform_ready;
mod platform_secrets;
mod published_args;
mod relay_args;
mod report;
mod rescore;
mod run;
mod schema;

pub use dispatch::main;
