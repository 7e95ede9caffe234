//! The command line: one file a subcommand; raw arguments become one validated request.

mod against;
mod args;
mod args_of_results;
mod baseline;
mod bisect;
mod browser;
mod builds;
mod check;
mod compare;
mod doctor;
mod error;
mod explain;
mod list;
mod main;
mod merge;
mod networks;
mod planning;
mod platform;
mod rescore;
mod run;
mod signals;

pub use main::main;
