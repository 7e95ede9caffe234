//! Programs from Debian's packages that read what precall's own tests cannot judge. They are unpacked in a directory of
//! their own: nobody has to be root.

use std::process::Command;

use super::installed::installed;

/// Returns a program: the one that is installed, or else the one of this package.
pub fn program(package: &str, name: &str) -> Option<Command> {
    if Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Some(Command::new(name));
    }
    let directory = installed("debian", package, |directory| {
        let script = "apt-get download -qq \"$1\" && dpkg-deb --extract \"$1\"_*.deb . && rm \"$1\"_*.deb";
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh", package]).current_dir(directory);
        shell
    })?;
    let places = ["usr/bin", "usr/sbin"].map(|place| directory.join(place).join(name));
    Some(Command::new(places.iter().find(|place| place.exists()).unwrap_or(&places[0])))
}
