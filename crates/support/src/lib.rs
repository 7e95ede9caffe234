//! Support for all parts of precall: files of others, text, the standard streams, the environment, secrets,
//! directories, and npm.

#![cfg_attr(not(test), deny(clippy::disallowed_macros, clippy::disallowed_methods))]

pub mod browser_kind;
pub mod directories;
pub mod environment;
pub mod files;
pub mod npm;
pub mod output;
pub mod package;
pub mod secrets;
pub mod supervision;
pub mod text;
