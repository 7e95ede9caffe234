//! The machines and networks that people have: their npm and its settings, registries that differ from the public one,
//! a Chrome that does not start, homes and directories that cannot be written.

mod browser;
mod npm;
mod packages;
mod registry;
mod versions;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::Workspace;

/// A program of a test's own: a shell script.
fn script(directory: &Path, name: &str, text: &str) -> PathBuf {
    std::fs::create_dir_all(directory).expect("made");
    let path = directory.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
    path
}

/// precall with a cache and an npm cache of the test's own, and without the settings of npm that this machine has in
/// its environment.
fn precall(workspace: &Workspace, arguments: &[&str]) -> Command {
    let mut command = workspace.precall(arguments);
    for (name, _) in std::env::vars() {
        if name.to_lowercase().starts_with("npm_config_") {
            command.env_remove(name);
        }
    }
    command
        .env("PRECALL_CACHE_DIR", workspace.path().join("cache"))
        .env("npm_config_cache", workspace.path().join("npm-cache"))
        .env("npm_config_fetch_retries", "0");
    command
}

/// The `PATH`, with a directory before it.
fn path_with(directory: &Path) -> String {
    format!("{}:{}", directory.display(), std::env::var("PATH").expect("a PATH"))
}
