//! The command line and the environment of npm.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::place::Place;
use crate::directories::{TemporaryError, home_directory};
use crate::environment;
use crate::secrets::remove_own_variables;

/// What npm is told on its command line, which wins over the environment and every `.npmrc`: how its output looks, and
/// that it neither runs scripts nor works on the project that it is in.
pub(super) const FLAGS: [&str; 15] = [
    "--ignore-scripts",
    "--loglevel=error",
    // What lines of its output begin with.
    "--heading=npm",
    "--no-dry-run",
    "--no-global",
    "--location=user",
    "--no-usage",
    "--no-version",
    "--no-versions",
    "--no-long",
    "--no-parseable",
    "--no-color",
    "--no-progress",
    "--no-timing",
    "--no-update-notifier",
];

/// Keeps npm from looking for a project above the one that it is in. It has this effect on the command line only.
pub(super) const NO_FURTHER: &str = "--no-workspaces";

/// Settings that are taken out of the environment. They select packages of the project that npm is in. A flag will not
/// do: with one, npm would not look for the root of the project, which has the `.npmrc`.
const SELECTING: [&str; 3] = ["workspace", "workspaces", "include_workspace_root"];

/// npm in a place, without arguments.
pub(super) fn npm(program: &Path, place: &Place) -> Command {
    prepared(program.as_os_str(), place.directory(), place)
}

/// A program that comes with npm, such as `npx`, in a directory of its own: of a project's files it obeys none, and of packages
/// it runs no install scripts. Keep the directory until the program has ended.
///
/// # Errors
///
/// When no directory can be made.
pub fn companion(program: &str) -> Result<(Command, tempfile::TempDir), TemporaryError> {
    let place = Place::private()?;
    let mut command = prepared(OsStr::new(program), place.directory(), &place);
    command.arg(NO_FURTHER).env("npm_config_ignore_scripts", "true");
    Ok((command, place.into_private_directory()))
}

/// Whether a program of this name is on the `PATH`.
pub fn is_on_path(program: &str) -> bool {
    let path = environment::variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

fn prepared(program: &OsStr, directory: &Path, place: &Place) -> Command {
    let mut command = Command::new(program);
    remove_own_variables(&mut command);
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_selecting(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    if environment::variable("HOME").is_none() {
        // Without a home npm ends at once.
        command.env("HOME", home_directory().unwrap_or_else(|| place.private_directory().to_owned()));
    }
    command.env("NO_UPDATE_NOTIFIER", "1").stdin(Stdio::null()).current_dir(directory);
    command
}

/// npm takes its settings from variables in any case, with `-` and `_` alike.
fn is_selecting(variable: &str) -> bool {
    let name = variable.to_ascii_lowercase().replace('-', "_");
    name.strip_prefix("npm_config_").is_some_and(|name| SELECTING.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_select_packages_are_known_in_every_spelling() {
        for name in ["npm_config_workspace", "NPM_CONFIG_WORKSPACES", "npm_config_include-workspace-root"] {
            assert!(is_selecting(name), "{name}");
        }
        for name in ["npm_config_registry", "workspace", "npm_config_cache"] {
            assert!(!is_selecting(name), "{name}");
        }
    }
}
