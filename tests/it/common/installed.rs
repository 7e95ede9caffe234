//! Directories that something is installed into once, for all tests.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::said;

/// Returns the directory of a package, into which `install` puts it unless an earlier test has. Where that fails, a
/// line says why the test skips itself.
pub fn installed(registry: &str, package: &str, install: impl FnOnce(&Path) -> Command) -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(registry).join(package);
    std::fs::create_dir_all(&directory).expect("a directory");
    // Other tests may want it at the same moment, in processes of their own.
    let lock = File::create(directory.join(".lock")).expect("a file");
    lock.lock().expect("locked");
    let mark = directory.join(".installed");
    if !mark.exists() {
        let mut install = install(&directory);
        let problem = match install.output() {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(said(&output)),
            Err(error) => Some(error.to_string()),
        };
        if let Some(problem) = problem {
            println!("skipped: {package} of {registry} cannot be installed by {install:?}: {problem}");
            return None;
        }
        drop(File::create(mark).expect("a file"));
    }
    Some(directory)
}
