//! Runs the user's own npm, in one way for everything that precall asks of it.
//!
//! Which registry is asked, through which proxy and with which credentials, is the user's setting and npm's business. So
//! npm runs where the user runs precall ([`Npm`]), and reads the settings that it would read there: the project's
//! `.npmrc`, the user's, the system's and the environment. Three kinds of settings do not apply:
//!
//! - what says where and how npm's output goes (`pack-destination`, `dry-run`, `json`, `loglevel`, …), since precall reads
//!   that output;
//! - what selects packages of the project (`workspaces`, `global`), since precall names the package;
//! - a project file that another user may put into a shared directory such as `/tmp`.
//!
//! npm never runs the scripts of a package that it fetches for precall, and is asked for nothing but packages of a registry.

mod age;
mod client;
mod command;
mod failure;
mod place;
mod settings;

pub use age::{AgeLimit, Allowed};
pub use client::Npm;
pub use command::{companion, is_on_path};
pub use failure::NpmError;
pub use settings::Settings;
