//! The command line and the environment of npm.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::working_directory::WorkingDirectory;
use crate::directories::{TemporaryError, home_directory};
use crate::environment;
use crate::secrets::remove_own_variables;

/// Flags that override the environment and every `.npmrc`: they set the format of the output, and keep npm from running
/// scripts and from working on the project in its directory.
pub(super) const FLAGS: [&str; 15] = [
    "--ignore-scripts",
    "--loglevel=error",
    // The prefixes of npm's own lines.
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

/// Keeps npm from looking for a project above its directory. It works on the command line only.
pub(super) const NO_PARENT_PROJECT: &str = "--no-workspaces";

/// Settings that are removed from the environment. They select packages of the project in npm's directory. A flag does
/// not suffice: with one, npm would not look for the root of the project, which has the `.npmrc`.
const SELECTING: [&str; 3] = ["workspace", "workspaces", "include_workspace_root"];

/// Returns the command that runs npm in a working directory, without arguments.
pub(super) fn npm(program: &Path, place: &WorkingDirectory) -> Command {
    prepared(program.as_os_str(), place.directory(), place)
}

/// Returns a program that comes with npm, such as `npx`, in a new directory. It reads no project files and runs no
/// install scripts of packages. Keep the directory until the program has ended.
///
/// # Errors
///
/// Returns an error if no directory can be created.
pub fn companion(program: &str) -> Result<(Command, tempfile::TempDir), TemporaryError> {
    let place = WorkingDirectory::private()?;
    let mut command = prepared(OsStr::new(program), place.directory(), &place);
    command.arg(NO_PARENT_PROJECT).env("npm_config_ignore_scripts", "true");
    Ok((command, place.into_private_directory()))
}

/// Returns whether a program of this name is on the `PATH`.
pub fn is_on_path(program: &str) -> bool {
    let path = environment::variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

fn prepared(program: &OsStr, directory: &Path, place: &WorkingDirectory) -> Command {
    let mut command = Command::new(program);
    remove_own_variables(&mut command);
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_selecting(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    if environment::variable("HOME").is_none() {
        // Without a home npm ends immediately.
        command.env("HOME", home_directory().unwrap_or_else(|| place.private_directory().to_owned()));
    }
    command.env("NO_UPDATE_NOTIFIER", "1").stdin(Stdio::null()).current_dir(directory);
    command
}

/// Returns whether a variable is npm's setting of this name. npm ignores case, and treats `-` and `_` alike.
fn is_selecting(variable: &str) -> bool {
    let name = variable.to_ascii_lowercase().replace('-', "_");
    name.strip_prefix("npm_config_").is_some_and(|name| SELECTING.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_select_packages_are_recognized() {
        for name in ["npm_config_workspace", "NPM_CONFIG_WORKSPACES", "npm_config_include-workspace-root"] {
            assert!(is_selecting(name), "{name}");
        }
        for name in ["npm_config_registry", "workspace", "npm_config_cache"] {
            assert!(!is_selecting(name), "{name}");
        }
    }
}
