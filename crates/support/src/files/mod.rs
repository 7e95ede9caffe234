//! Files that others may have created or may be writing, and files that must be complete.
//!
//! A run directory can come from an archive, and a scenario from a pull request. Files that precall opens because a
//! *file* names them are opened by [`Directory`]: from a directory that is held open, part by part, never through a
//! symbolic link, never outside, regular files only, and at most a given number of bytes. A file that the user names on
//! the command line may be a link or a pipe ([`read_named`], [`write_named`]). Builds may contain links, but not out of
//! their directory ([`RootedDirectory`]).
//!
//! One function writes every file that precall keeps, [`Directory::replace`]: the file is complete or absent, whenever
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
pub use kind::EntryKind;
pub use line_file::LineFile;
pub use lock::Lock;
pub use named::{plain, read_named, write_named};
pub use rooted::RootedDirectory;
