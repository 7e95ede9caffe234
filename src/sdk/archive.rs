//! Unpacking an npm package: a gzipped tar with everything below one directory.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};

/// The most that a package may unpack to. OpenTok.js with its source maps is 23 MB.
const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnpackError {
    /// An entry has a path outside the package.
    #[error("it wants to write outside its directory: {}", .0.display())]
    Outside(PathBuf),
    /// The archive is damaged, or a file cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Unpacks the files of a package that a browser may load: scripts and `package.json`, without the top directory.
/// `step` is called after each file.
pub(super) fn unpack(archive: &[u8], into: &Path, mut step: impl FnMut()) -> Result<(), UnpackError> {
    let mut archive = Archive::new(GzDecoder::new(archive).take(MAX_UNPACKED_BYTES));
    // An archive may grant everybody write access to its files.
    archive.set_mask(0o022);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        // `package/dist/js/x.js`: the first part differs between packers.
        let inner: PathBuf = path.components().skip(1).collect();
        if path.is_absolute() || path.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
        {
            return Err(UnpackError::Outside(path));
        }
        let is_wanted = inner
            .extension()
            .is_some_and(|extension| ["js", "mjs", "cjs", "json"].iter().any(|kind| extension == *kind));
        if entry.header().entry_type() != EntryType::Regular || !is_wanted {
            continue;
        }
        let target = into.join(&inner);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        entry.unpack(&target)?;
        step();
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use super::*;

    /// An archive with these files.
    pub fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
        archive_of(entries, 0o644)
    }

    fn archive_of(entries: &[(&str, &str)], mode: u32) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in entries {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(mode);
            // Written by hand, since the builder refuses the very paths that are tested here.
            header.as_gnu_mut().expect("a GNU header").name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_cksum();
            builder.append(&header, content.as_bytes()).expect("appended");
        }
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&builder.into_inner().expect("a tar")).expect("written");
        encoder.finish().expect("a gzip")
    }

    #[test]
    fn only_scripts_are_unpacked() {
        let into = tempfile::tempdir().expect("a directory");
        let bytes = archive(&[
            ("package/dist/js/a.js", "x"),
            ("package/dist/js/a.js.map", "y"),
            ("package/package.json", "{}"),
        ]);
        unpack(&bytes, into.path(), || {}).expect("unpacked");
        assert_eq!(std::fs::read_to_string(into.path().join("dist/js/a.js")).expect("a file"), "x");
        assert!(into.path().join("package.json").exists());
        assert!(!into.path().join("dist/js/a.js.map").exists());
    }

    #[test]
    fn unpacked_files_are_writable_by_their_owner_alone() {
        let into = tempfile::tempdir().expect("a directory");
        unpack(&archive_of(&[("package/a.js", "x")], 0o777), into.path(), || {}).expect("unpacked");
        let mode = into.path().join("a.js").metadata().expect("its metadata").permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o022, 0);
    }

    #[test]
    fn paths_outside_the_package_are_refused() {
        let into = tempfile::tempdir().expect("a directory");
        for path in ["package/../../evil.js", "/etc/evil.js"] {
            let error = unpack(&archive(&[(path, "x")]), into.path(), || {}).expect_err("refused");
            assert!(error.to_string().contains("outside"), "{error}");
        }
        assert!(unpack(b"no gzip", into.path(), || {}).is_err());
    }
}
