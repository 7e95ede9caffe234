//! Runs the user's own npm, in the same way for every purpose.
//!
//! The user's settings decide which registry npm asks, through which proxy and with which credentials. npm therefore
//! runs where the user runs precall ([`Npm`]), and reads the settings that it would read there: the `.npmrc` of the
//! project, the user's, the system's and the environment. Three kinds of settings do not apply:
//!
//! - settings for the place and the format of npm's output (`pack-destination`, `dry-run`, `json`, `loglevel`, …),
//!   since precall reads that output;
//! - settings that select packages of the project (`workspaces`, `global`), since precall names the package;
//! - a project file that another user may have created in a shared directory such as `/tmp`.
//!
//! npm never runs the scripts of a package that it fetches for precall, and is asked only for packages of a registry.

mod age;
mod client;
mod command;
mod failure;
mod settings;
mod working_directory;

pub use age::{AgeLimit, AllowedReleases};
pub use client::Npm;
pub use command::{companion, is_on_path};
pub use failure::NpmError;
pub use settings::Settings;
