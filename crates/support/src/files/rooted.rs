//! The directory of a build: an unpacked package, or a build of the user.
//!
//! Packages contain symbolic links, and a hostile one can contain links to `/proc/self/environ` or to keys in the
//! user's home. Links are therefore followed only as long as they stay in the directory, by a single call that does not
//! leave it. A check of the path before the file is opened would not suffice, since the path can lead to another file
//! by then.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use nix::errno::Errno;

use super::directory::{Directory, bounded, on_disk};
use super::kind::{EntryKind, refused};

/// Directories with files of the kernel. A directory that contains all of them is not a build.
const OF_SYSTEM: [&str; 3] = ["/proc", "/dev", "/sys"];

/// A directory from which files are read, and none beside or above it.
#[derive(Debug)]
pub struct RootedDirectory(Directory);

impl RootedDirectory {
    /// Opens a directory. Links in its own path are followed, since the user named it.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not a directory, or belongs to the kernel.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.canonicalize()?;
        if path.parent().is_none() || OF_SYSTEM.iter().any(|system| path.starts_with(system)) {
            return Err(refused(format!("{} is a directory of the system", path.display())));
        }
        Directory::open(&path).map(Self)
    }

    /// Returns the path of the directory, without links.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Opens a regular file by its path below the directory.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such file, or if it is outside of the directory.
    pub fn file(&self, relative: &Path) -> io::Result<File> {
        // A path with `..` is refused even if it stays below.
        self.0.split(relative)?;
        let opened = match self.open_beneath(relative) {
            // An older kernel or a container may not have the call. No link is followed then.
            Err(Errno::ENOSYS | Errno::EPERM) => return self.0.file(relative),
            Err(Errno::EXDEV | Errno::ELOOP) => {
                let (file, root) = (relative.display(), self.path().display());
                return Err(refused(format!("`{file}` leads out of {root}")));
            }
            opened => File::from(opened?),
        };
        match EntryKind::of(&nix::sys::stat::fstat(&opened)?) {
            EntryKind::File => {}
            kind => return Err(kind.refusal(&relative.to_string_lossy(), "a regular file")),
        }
        on_disk(&opened)?;
        Ok(opened)
    }

    /// Reads a regular file by its path below the directory.
    ///
    /// # Errors
    ///
    /// As [`RootedDirectory::file`]; a file of more than `most` bytes is also an error.
    pub fn read(&self, relative: &Path, most: u64) -> io::Result<Vec<u8>> {
        bounded(self.file(relative)?, most)
    }

    /// Opens a file. Links are followed, but not out of the directory.
    #[cfg(target_os = "linux")]
    fn open_beneath(&self, relative: &Path) -> Result<OwnedFd, Errno> {
        use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};

        // `O_NONBLOCK` does not wait for the other end of a named pipe.
        let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        let resolve = ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS;
        openat2(&self.0.fd, relative, OpenHow::new().flags(flags).resolve(resolve))
    }

    #[cfg(not(target_os = "linux"))]
    fn open_beneath(&self, _: &Path) -> Result<OwnedFd, Errno> {
        Err(Errno::ENOSYS)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// Creates `build/` with files and links, and `outside.js` beside it.
    fn build() -> (tempfile::TempDir, RootedDirectory) {
        let directory = tempfile::tempdir().expect("a directory");
        let build = directory.path().join("build");
        std::fs::create_dir_all(build.join("dist")).expect("made");
        std::fs::write(build.join("dist/a.js"), "inside").expect("written");
        std::fs::write(directory.path().join("outside.js"), "outside").expect("written");
        for (target, link) in [
            ("/proc/self/environ", "environment.js"),
            ("../outside.js", "relative.js"),
            ("/etc/passwd", "dist/absolute.js"),
            ("/", "root"),
            ("..", "up"),
            ("/dev/zero", "endless.js"),
            ("/proc/self/root/etc/passwd", "magic.js"),
            ("loop.js", "loop.js"),
        ] {
            symlink(target, build.join(link)).expect("linked");
        }
        symlink("dist/a.js", build.join("within.js")).expect("linked");
        nix::unistd::mkfifo(&build.join("pipe.js"), nix::sys::stat::Mode::S_IRWXU).expect("made");
        let root = RootedDirectory::open(&build).expect("opened");
        (directory, root)
    }

    #[test]
    fn only_files_below_the_directory_are_read() {
        let (directory, root) = build();
        let read = |path: &str| root.read(Path::new(path), 100);
        assert_eq!(read("dist/a.js").expect("read"), b"inside");
        assert_eq!(read("./dist/./a.js").expect("read"), b"inside");
        let absolute = directory.path().join("build/dist/a.js");
        for path in [
            "environment.js",
            "relative.js",
            "dist/absolute.js",
            "root/etc/passwd",
            "up/outside.js",
            "endless.js",
            "magic.js",
            "loop.js",
            "pipe.js",
            "dist",
            "",
            "../outside.js",
            "dist/../../outside.js",
            "no.js",
            absolute.to_str().expect("UTF-8"),
        ] {
            assert!(read(path).is_err(), "{path}");
        }
        let error = read("relative.js").expect_err("refused").to_string();
        assert!(error.contains("`relative.js` leads out of") || error.contains("is a symbolic link"), "{error}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn link_within_the_directory_is_followed() {
        let (_directory, root) = build();
        if root.open_beneath(Path::new("dist/a.js")).is_err() {
            println!("skipped: no openat2 here");
            return;
        }
        assert_eq!(root.read(Path::new("within.js"), 100).expect("read"), b"inside");
    }

    #[test]
    fn file_is_read_up_to_a_limit() {
        let (_directory, root) = build();
        assert!(root.read(Path::new("dist/a.js"), 6).is_ok());
        let error = root.read(Path::new("dist/a.js"), 5).expect_err("too large").to_string();
        assert!(error.contains("more than 5 bytes"), "{error}");
    }

    #[test]
    fn directories_of_the_kernel_are_refused() {
        for path in ["/", "/proc/self", "/dev", "/sys", "/proc/self/cwd/../../proc"] {
            if Path::new(path).exists() {
                assert!(RootedDirectory::open(Path::new(path)).is_err(), "{path}");
            }
        }
        assert!(RootedDirectory::open(Path::new("/no/such")).is_err());
    }
}
