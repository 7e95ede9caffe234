//! Files below a directory, and nothing else.
//!
//! A directory that somebody else has filled may hold links: to `/proc/self/environ`, to keys in the user's home. Who checks a path and
//! then opens it may open another one than was checked. So the directory is opened once, and each file is opened from there by a call
//! that does not leave it.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

/// Directories whose files are the kernel's. In one that holds all of them, no path below is of a build.
const OF_SYSTEM: [&str; 3] = ["/proc", "/dev", "/sys"];

/// How a file is opened. Nobody waits for the other end of a named pipe.
const FLAGS: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// A directory out of which files are read, and nothing beside or above it.
#[derive(Debug)]
pub struct RootedDirectory {
    descriptor: OwnedFd,
    path: PathBuf,
}

impl RootedDirectory {
    /// Opens a directory. Links in its own path are followed: the user has named it.
    ///
    /// # Errors
    ///
    /// When it is none, or one of the system's.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.canonicalize()?;
        if path.parent().is_none() || OF_SYSTEM.iter().any(|system| path.starts_with(system)) {
            return Err(io::Error::other(format!("{} is a directory of the system", path.display())));
        }
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY | OFlags::NOFOLLOW;
        let descriptor = rustix::fs::open(&path, flags, Mode::empty())?;
        Ok(Self { descriptor, path })
    }

    /// The directory, without links in its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a regular file by its path below the directory.
    ///
    /// # Errors
    ///
    /// When there is none, or it is elsewhere.
    pub fn file(&self, relative: &Path) -> io::Result<File> {
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if !relative.components().all(is_plain) {
            return Err(self.outside(relative));
        }
        let opened = match self.open_beneath(relative) {
            // An older kernel, or a container that does not know the call.
            Err(Errno::NOSYS | Errno::PERM) => self.open_by_steps(relative),
            opened => opened,
        };
        let file = opened.map(File::from).map_err(|error| match error {
            Errno::XDEV | Errno::LOOP => self.outside(relative),
            other => other.into(),
        })?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other(format!("{} is no regular file", relative.display())));
        }
        Ok(file)
    }

    /// Reads a regular file by its path below the directory.
    ///
    /// # Errors
    ///
    /// As of [`RootedDirectory::file`]; also when it has more than `limit` bytes.
    pub fn read(&self, relative: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file(relative)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit {
            return Err(io::Error::other(format!("{} has more than {limit} bytes", relative.display())));
        }
        Ok(bytes)
    }

    /// Links are followed, but not out of the directory.
    #[cfg(target_os = "linux")]
    fn open_beneath(&self, relative: &Path) -> Result<OwnedFd, Errno> {
        use rustix::fs::{ResolveFlags, openat2};

        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        openat2(&self.descriptor, relative, FLAGS, Mode::empty(), resolve)
    }

    #[cfg(not(target_os = "linux"))]
    fn open_beneath(&self, _: &Path) -> Result<OwnedFd, Errno> {
        Err(Errno::NOSYS)
    }

    /// No link is followed.
    fn open_by_steps(&self, relative: &Path) -> Result<OwnedFd, Errno> {
        let parts: Vec<_> = relative.components().filter(|part| *part != Component::CurDir).collect();
        let (name, above) = parts.split_last().ok_or(Errno::ISDIR)?;
        let mut directory = None;
        for part in above {
            let from = directory.as_ref().unwrap_or(&self.descriptor);
            let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::DIRECTORY | OFlags::NOFOLLOW;
            let next = openat(from, part.as_os_str(), flags, Mode::empty());
            // With both flags, a link is no directory.
            directory = Some(next.map_err(|error| if error == Errno::NOTDIR { Errno::LOOP } else { error })?);
        }
        openat(
            directory.as_ref().unwrap_or(&self.descriptor),
            name.as_os_str(),
            FLAGS | OFlags::NOFOLLOW,
            Mode::empty(),
        )
    }

    fn outside(&self, relative: &Path) -> io::Error {
        io::Error::other(format!("{} leads out of {}", relative.display(), self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// `build/` with files and links, and `outside.js` beside it.
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
    fn files_below_the_directory_are_read_and_nothing_else_is() {
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
        assert!(error.contains("relative.js leads out of"), "{error}");
    }

    #[test]
    fn where_the_kernel_cannot_keep_within_a_directory_no_link_is_followed() {
        let (_directory, root) = build();
        assert!(root.open_by_steps(Path::new("dist/a.js")).is_ok());
        for path in [
            "environment.js",
            "relative.js",
            "dist/absolute.js",
            "root/etc/passwd",
            "up/outside.js",
            "within.js",
            "loop.js",
        ] {
            assert_eq!(root.open_by_steps(Path::new(path)).err(), Some(Errno::LOOP), "{path}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_link_within_the_directory_is_followed() {
        let (_directory, root) = build();
        if root.open_beneath(Path::new("dist/a.js")).is_err() {
            println!("skipped: no openat2 here");
            return;
        }
        assert_eq!(root.read(Path::new("within.js"), 100).expect("read"), b"inside");
    }

    #[test]
    fn a_file_is_read_up_to_a_limit() {
        let (_directory, root) = build();
        assert!(root.read(Path::new("dist/a.js"), 6).is_ok());
        let error = root.read(Path::new("dist/a.js"), 5).expect_err("too large").to_string();
        assert!(error.contains("more than 5 bytes"), "{error}");
    }

    #[test]
    fn directories_of_the_system_are_none_of_a_build() {
        for path in ["/", "/proc/self", "/dev", "/sys", "/proc/self/cwd/../../proc"] {
            if Path::new(path).exists() {
                assert!(RootedDirectory::open(Path::new(path)).is_err(), "{path}");
            }
        }
        assert!(RootedDirectory::open(Path::new("/no/such")).is_err());
    }
}
