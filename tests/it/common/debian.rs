//! Programs from Debian's packages that read what precall's own tests cannot judge. They are unpacked in a directory of
//! their own: nothing is installed, and nobody has to be root.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::said;

/// Returns a program: the one that is installed, or else the one of this package. Where neither can be had, a line says
/// why the test skips itself.
pub fn program(package: &str, name: &str) -> Option<Command> {
    if Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Some(Command::new(name));
    }
    Some(Command::new(unpacked(package)?.join("usr/bin").join(name)))
}

fn unpacked(package: &str) -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("debian").join(package);
    std::fs::create_dir_all(&directory).expect("a directory");
    // Other tests may want it at the same moment, in processes of their own.
    let lock = File::create(directory.join(".lock")).expect("a file");
    lock.lock().expect("locked");
    let mark = directory.join(".unpacked");
    if !mark.exists() {
        let script =
            format!("apt-get download -qq {package} && dpkg-deb --extract {package}_*.deb . && rm {package}_*.deb");
        match Command::new("sh").args(["-c", &script]).current_dir(&directory).output() {
            Ok(output) if output.status.success() => drop(File::create(mark).expect("a file")),
            Ok(output) => {
                println!("skipped: Debian's package {package} cannot be had: {}", said(&output));
                return None;
            }
            Err(error) => {
                println!("skipped: {package} needs a shell: {error}");
                return None;
            }
        }
    }
    Some(directory)
}
