//! Files that somebody else may have made or may be making, and files that have to be whole.
//!
//! A run directory can come out of an archive, a scenario out of a pull request. So what precall opens because a *file* says so is
//! opened by [`Directory`]: from a directory that is held open, part by part, never through a symbolic link, never outside,
//! regular files only, and no more than a stated number of bytes. What a user names on the command line may be a link or a pipe
//! ([`read_named`], [`write_named`]). Builds may hold links, but not out of their directory ([`RootedDirectory`]).
//!
//! Every file that precall keeps is written by one function, [`Directory::replace`]: it is there whole, or it is not there, whenever
//! the process or the machine stops. Records that grow line by line are [`LineFile`]s.

mod directory;
mod fault;
mod kind;
mod line_file;
mod lock;
mod named;
mod replace;
mod rooted;
mod tree;

pub use directory::Directory;
#[cfg(debug_assertions)]
pub use fault::fail_after;
pub use kind::Kind;
pub use line_file::LineFile;
pub use lock::Lock;
pub use named::{plain, read_named, write_named};
pub use rooted::RootedDirectory;
