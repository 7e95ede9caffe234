//! The user's home directory.

use std::path::PathBuf;

use crate::environment;

use nix::unistd::{Uid, User};

/// Returns the home directory: `HOME`, or else the one in the user's entry of the password database. `None` without
/// either, as in a container that runs with a user id without an entry. It need not exist.
pub fn home_directory() -> Option<PathBuf> {
    environment::variable("HOME").map(PathBuf::from).or_else(|| {
        let user = User::from_uid(Uid::effective()).ok().flatten()?;
        user.dir.is_absolute().then_some(user.dir)
    })
}
