//! Packages that were fetched before.
//!
//! A release is a file named after its version. The file holds the integrity that the registry published, by which the
//! directory of the unpacked package is named, and a digest of what is in that directory. The file is written last. So
//! whatever ends precall or the system on the way, there is a whole package or none; and what was damaged since is
//! found and fetched again.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use semver::Version;

use super::archive;
use super::error::SdkError;
use super::integrity::{self, Published};
use super::tree;

/// How long what a process writes may be unfinished. It is done in seconds.
const UNFINISHED_LIMIT: Duration = Duration::from_hours(24);

/// With what the names of unfinished directories begin.
const UNFINISHED: &str = ".unfinished-";

/// A package, unpacked.
#[derive(Debug)]
pub(super) struct Package {
    pub version: String,
    /// The integrity that the package was verified by, as Subresource Integrity.
    pub integrity: String,
    pub directory: PathBuf,
}

/// The packages in precall's cache.
#[derive(Debug)]
pub(super) struct PackageCache {
    /// The directory of unpacked packages, each in a directory.
    packages: PathBuf,
    /// The directory of releases: a directory for each package, a file for each version.
    versions: PathBuf,
}

impl PackageCache {
    pub fn new(cache: &Path) -> Self {
        let npm = cache.join("npm");
        Self { packages: npm.join("packages"), versions: npm.join("versions") }
    }

    /// A release, if it is there and whole.
    pub fn find(&self, name: &str, version: &Version) -> Option<Package> {
        let text = std::fs::read_to_string(self.versions_of(name).join(version.to_string())).ok()?;
        let (integrity, digest) = text.split_once('\n')?;
        let integrity = Published::parse(integrity.to_owned())?.as_str().to_owned();
        let directory = self.packages.join(integrity::directory_name(&integrity));
        if !is_whole(&directory, digest.trim_end()) {
            tracing::warn!("{name} {version} in the cache is damaged; it is fetched again");
            return None;
        }
        Some(Package { version: version.to_string(), integrity, directory })
    }

    /// Keeps a package that was verified. Two processes may do so at once. `step` is called between any two changes.
    pub fn keep(
        &self,
        name: &str,
        version: &Version,
        published: &Published,
        archive: &[u8],
        mut step: impl FnMut(),
    ) -> Result<(), SdkError> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |error: io::Error| SdkError::Cache { path, reason: error.to_string() }
        };
        let versions = self.versions_of(name);
        for directory in [&self.packages, &versions] {
            tree::make_public(directory).map_err(fail(directory))?;
        }
        step();
        self.tidy();
        let new = self.unfinished().map_err(fail(&self.packages))?;
        archive::unpack(archive, new.path(), &mut step)
            .map_err(|reason| SdkError::Archive { what: format!("{name}@{version}"), reason: reason.to_string() })?;
        tree::settle(new.path()).map_err(fail(new.path()))?;
        step();
        let digest = tree::digest(new.path()).map_err(fail(new.path()))?;
        let target = self.packages.join(integrity::directory_name(published.as_str()));
        self.put(new.path(), &target, &digest, &mut step).map_err(fail(&target))?;
        step();
        let entry = format!("{}\n{digest}\n", published.as_str());
        self.note(&versions, version, &entry, &mut step).map_err(fail(&versions))?;
        step();
        Ok(())
    }

    fn unfinished(&self) -> io::Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&self.packages)
    }

    /// Removes what processes left that were killed.
    fn tidy(&self) {
        let entries = std::fs::read_dir(&self.packages).into_iter().flatten().flatten();
        let is_old = |entry: &std::fs::DirEntry| {
            let age = entry.metadata().and_then(|found| found.modified()).ok().and_then(|time| time.elapsed().ok());
            age.is_some_and(|age| age > UNFINISHED_LIMIT)
        };
        for entry in entries {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) && is_old(&entry) {
                // Another process may do the same.
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Gives an unpacked package its place.
    fn put(&self, new: &Path, target: &Path, digest: &str, step: &mut impl FnMut()) -> io::Result<()> {
        if is_whole(target, digest) {
            return Ok(());
        }
        // No directory takes the place of one that holds something, so what is damaged goes first.
        let damaged = self.unfinished()?;
        match std::fs::rename(target, damaged.path().join("package")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => step(),
        }
        match std::fs::rename(new, target) {
            // Another process was faster with the same content.
            Err(_) if is_whole(target, digest) => {}
            renamed => renamed?,
        }
        tree::sync(&self.packages)
    }

    /// Notes that a release is there.
    fn note(&self, versions: &Path, version: &Version, entry: &str, step: &mut impl FnMut()) -> io::Result<()> {
        // The users of a machine may share a cache.
        let mut file = tempfile::Builder::new().permissions(Permissions::from_mode(0o644)).tempfile_in(versions)?;
        file.as_file().set_permissions(Permissions::from_mode(0o644))?;
        io::Write::write_all(&mut file, entry.as_bytes())?;
        file.as_file().sync_all()?;
        step();
        file.persist(versions.join(version.to_string())).map_err(|error| error.error)?;
        tree::sync(versions)
    }

    /// A scope's slash is no part of a file name.
    fn versions_of(&self, name: &str) -> PathBuf {
        self.versions.join(name.replace('/', "+"))
    }
}

/// Whether a directory holds the files of which this is the digest.
fn is_whole(directory: &Path, digest: &str) -> bool {
    tree::digest(directory).is_ok_and(|found| found == digest)
}

#[cfg(test)]
#[path = "kept/tests.rs"]
mod tests;
