//! The files of an unpacked package as a whole.

use std::fs::{File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Files and directories below a directory, each with its path below it; a directory comes after what is in it.
#[derive(Debug, Default)]
struct Tree {
    files: Vec<PathBuf>,
    directories: Vec<PathBuf>,
}

impl Tree {
    /// Reads the tree below a directory. An unpacked package holds files and directories alone; a link is not of the
    /// package.
    fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        tree.add(root, Path::new(""))?;
        tree.files.sort();
        Ok(tree)
    }

    fn add(&mut self, root: &Path, inner: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(root.join(inner))? {
            let entry = entry?;
            let (path, kind) = (inner.join(entry.file_name()), entry.file_type()?);
            if kind.is_dir() {
                self.add(root, &path)?;
            } else if kind.is_file() {
                self.files.push(path);
            } else {
                return Err(io::Error::other(format!("{} is neither a file nor a directory", path.display())));
            }
        }
        self.directories.push(inner.to_owned());
        Ok(())
    }
}

/// A digest of all files below a directory, with their paths: `sha256-…`.
///
/// # Errors
///
/// When the directory cannot be read, or holds anything but files and directories.
pub(super) fn digest(root: &Path) -> io::Result<String> {
    // Of this library, since without optimisation the other one takes a second for a package.
    let mut context = Context::new(&SHA256);
    for path in Tree::read(root)?.files {
        let content = std::fs::read(root.join(&path))?;
        // Lengths keep one file's end apart from the next one's path.
        for part in [path.as_os_str().as_encoded_bytes(), content.as_slice()] {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
    }
    Ok(format!("sha256-{}", STANDARD.encode(context.finish())))
}

/// Lets everybody read a directory with all that is in it, and no other user write it, whatever the umask is; and waits
/// until all of it is on the disk.
pub(super) fn settle(root: &Path) -> io::Result<()> {
    let tree = Tree::read(root)?;
    let modes = tree.files.iter().map(|path| (path, 0o644)).chain(tree.directories.iter().map(|path| (path, 0o755)));
    for (path, mode) in modes {
        let path = root.join(path);
        std::fs::set_permissions(&path, Permissions::from_mode(mode))?;
        sync(&path)?;
    }
    Ok(())
}

/// Waits until a file or a directory is on the disk.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes a directory, and those above it, that everybody can read, whatever the umask is.
pub(super) fn make_public(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        make_public(parent)?;
    }
    match std::fs::create_dir(directory) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.and_then(|()| std::fs::set_permissions(directory, Permissions::from_mode(0o755))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().expect("a directory");
        for (path, content) in files {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, content).expect("written");
        }
        directory
    }

    #[test]
    fn digest_covers_contents_and_paths() {
        let digest = |files: &[(&str, &str)]| digest(tree(files).path()).expect("a digest");
        let whole = digest(&[("a.js", "1"), ("d/b.js", "2")]);
        assert_eq!(digest(&[("d/b.js", "2"), ("a.js", "1")]), whole);
        for other in [
            vec![("a.js", "1"), ("d/b.js", "2x")],
            vec![("a.js", "1"), ("d/b.js", "")],
            vec![("a.js", "1")],
            vec![("a.js", "1"), ("d/b.js", "2"), ("c.js", "")],
            vec![("a.js", "1"), ("b.js", "2")],
            vec![("a.js", "1d/b.js2")],
        ] {
            assert_ne!(digest(&other), whole, "{other:?}");
        }
    }

    #[test]
    fn links_are_refused_in_a_package() {
        let directory = tree(&[("a.js", "1")]);
        std::os::unix::fs::symlink("/etc/passwd", directory.path().join("b.js")).expect("linked");
        assert!(digest(directory.path()).is_err());
        assert!(digest(Path::new("/no/such")).is_err());
    }

    #[test]
    fn settled_files_are_readable_by_all() {
        let directory = tree(&[("d/a.js", "1")]);
        let mode = |path: &str| {
            let path = directory.path().join(path);
            path.metadata().expect("its metadata").permissions().mode() & 0o777
        };
        std::fs::set_permissions(directory.path().join("d/a.js"), Permissions::from_mode(0o600)).expect("its mode");
        std::fs::set_permissions(directory.path().join("d"), Permissions::from_mode(0o777)).expect("its mode");
        settle(directory.path()).expect("settled");
        assert_eq!((mode("d/a.js"), mode("d"), mode("")), (0o644, 0o755, 0o755));
    }
}
