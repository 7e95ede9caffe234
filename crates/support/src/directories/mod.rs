//! The directories that precall uses besides those that a user names: its cache, private temporary directories, and the
//! user's home.
//!
//! The temporary directory of a system is shared by all of its users. Whatever is found there may be another user's, so
//! nothing of it is read or run unless its owner is known.

mod cache;
mod home;
mod private;

pub use cache::{cache_directory, check_cache};
pub use home::home_directory;
pub use private::{TEMPORARY_FIX, TemporaryError, private_directory, private_directory_in};
