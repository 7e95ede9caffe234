//! The command line: each subcommand makes a request of its arguments, calls a job, and prints the result.

mod baseline;
mod bisect;
mod browser;
mod calibrate;
mod check;
mod compare;
mod completions;
mod dispatch;
mod doctor;
mod error;
mod explain;
mod from_report;
mod gate;
mod history;
mod init;
mod list;
mod man;
mod mcp;
mod merge;
mod networks;
mod new;
mod platform;
mod project;
mod report;
mod rescore;
mod run;
mod schema;
mod serve;
mod watch;

pub use dispatch::main;
