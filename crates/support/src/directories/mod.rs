//! Directories that the user does not name: the cache, private temporary directories, and the user's home.
//!
//! All users of a system share its temporary directory. Another user may have created anything there, so precall reads
//! and runs nothing from it unless the owner is known.

mod cache;
mod home;
mod private;

pub use cache::{cache_directory, check_cache};
pub use home::home_directory;
pub use private::{TEMPORARY_FIX, TemporaryError, private_directory, private_directory_in};
