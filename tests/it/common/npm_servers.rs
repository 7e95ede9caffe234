//! The npm workspaces of the tests, with their packages from npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::said;

/// The npm workspace of the servers, and the page of the sample application.
const SERVERS: &str = "tests/servers";
const PAGE: &str = "tests/app";

/// Returns the directory of the servers, with their packages, and beside it the page of the sample application.
pub fn npm_servers(test: &str) -> PathBuf {
    npm_workspace(test, SERVERS, &["tests/servers/app", PAGE])
}

/// Copies an npm workspace, and directories beside it, to a directory of this test's own, and installs the packages of
/// that workspace alone. Returns its directory.
pub fn npm_workspace(test: &str, workspace: &str, more: &[&str]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    for below in [workspace].iter().chain(more) {
        copy_files(below, &directory.join(below));
    }
    for file in ["package.json", "package-lock.json", "harness-page/network-test/package.json"] {
        let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")).join(file), directory.join(file));
        std::fs::create_dir_all(to.parent().expect("a parent")).expect("a directory");
        std::fs::copy(from, to).expect("copied");
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--silent", "--workspace", workspace]);
    let output = npm.current_dir(&directory).output().expect("npm starts");
    assert!(output.status.success(), "npm ci: {}", said(&output));
    directory.join(workspace)
}

/// Copies the files of a directory of the source tree, without those below it: `node_modules` may be one.
pub fn copy_files(from: &str, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        if entry.file_type().expect("a type").is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    }
}
