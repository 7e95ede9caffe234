//! The command line: one file a subcommand; raw arguments become one validated request.

mod args;
mod browser;
mod check;
mod doctor;
mod error;
mod main;
mod networks;
mod platform;
mod run;

pub use main::main;
