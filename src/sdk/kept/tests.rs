use std::os::unix::fs::MetadataExt;

use super::super::archive::tests::archive;
use super::*;

const NAME: &str = "@opentok/client";

/// The archive of a package, what a registry publishes of it, and its version.
fn release() -> (Vec<u8>, Published, Version) {
    let bytes = archive(&[("package/a.js", "one"), ("package/dist/b.js", "two"), ("package/package.json", "{}")]);
    let published = {
        let other = Published::parse("sha512-AAAA".to_owned()).expect("a digest");
        let got = other.mismatch(&bytes).expect("another digest");
        Published::parse(got).expect("a digest")
    };
    (bytes, published, Version::new(2, 99, 0))
}

fn keep(cache: &Path, step: impl FnMut()) {
    let (bytes, published, version) = release();
    PackageCache::new(cache).keep(NAME, &version, &published, &bytes, step).expect("kept");
}

fn find(cache: &Path) -> Option<Package> {
    PackageCache::new(cache).find(NAME, &release().2)
}

/// Asserts that a release in the cache is what was published.
fn assert_whole(package: &Package) {
    let read = |file: &str| std::fs::read_to_string(package.directory.join(file)).expect("a file");
    assert_eq!(
        (read("a.js").as_str(), read("dist/b.js").as_str(), read("package.json").as_str()),
        ("one", "two", "{}")
    );
    assert_eq!(package.integrity, release().1.as_str());
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Damages an unpacked package.
type Damage = fn(&Path);

/// Copies of the cache after a kill between any two changes.
fn left_by_kills(cache: &Path) -> Vec<tempfile::TempDir> {
    let mut left = Vec::new();
    keep(cache, || {
        let copied = tempfile::tempdir().expect("a directory");
        copy(cache, copied.path());
        left.push(copied);
    });
    left
}

fn assert_nothing_half_written(left: &[tempfile::TempDir]) {
    for (number, cache) in left.iter().enumerate() {
        if let Some(package) = find(cache.path()) {
            assert_whole(&package);
            assert_eq!(number, left.len() - 1, "it is there before all is written");
        }
        keep(cache.path(), || {});
        assert_whole(&find(cache.path()).expect("kept"));
    }
}

#[test]
fn kill_at_any_step_leaves_a_whole_package_or_none() {
    let cache = tempfile::tempdir().expect("a directory");
    let left = left_by_kills(cache.path());
    assert!(left.len() >= 7, "{}", left.len());
    assert_nothing_half_written(&left);
    assert_whole(&find(cache.path()).expect("kept"));
}

#[test]
fn damaged_package_is_replaced_whole() {
    let damages: [(&str, Damage); 6] = [
        ("a script that grew", |package| {
            let mut script = std::fs::File::options().append(true).open(package.join("a.js")).expect("opened");
            io::Write::write_all(&mut script, b"//").expect("written");
        }),
        ("an empty script", |package| std::fs::write(package.join("dist/b.js"), "").expect("written")),
        ("a script less", |package| std::fs::remove_file(package.join("a.js")).expect("removed")),
        ("a script more", |package| std::fs::write(package.join("c.js"), "").expect("written")),
        ("a link", |package| std::os::unix::fs::symlink("/etc/passwd", package.join("d.js")).expect("linked")),
        ("an empty directory", |package| {
            std::fs::remove_dir_all(package).and_then(|()| std::fs::create_dir(package)).expect("emptied");
        }),
    ];
    for (what, damage) in damages {
        let cache = tempfile::tempdir().expect("a directory");
        keep(cache.path(), || {});
        damage(&find(cache.path()).expect("kept").directory);
        assert!(find(cache.path()).is_none(), "{what}");
        // The entry of before is there, so a package that is whole may be found before the new entry is written.
        for left in left_by_kills(cache.path()) {
            find(left.path()).iter().for_each(assert_whole);
        }
        assert_whole(&find(cache.path()).expect(what));
    }
}

#[test]
fn torn_entry_is_ignored() {
    for text in ["", "\n", "sha512-AAAA", "sha512-AAAA\n", "\nsha256-AAAA\n", "../../etc\nsha256-AAAA\n"] {
        let cache = tempfile::tempdir().expect("a directory");
        keep(cache.path(), || {});
        std::fs::write(cache.path().join("npm/versions/@opentok+client/2.99.0"), text).expect("written");
        assert!(find(cache.path()).is_none(), "{text:?}");
        keep(cache.path(), || {});
        assert_whole(&find(cache.path()).expect("kept"));
    }
}

#[test]
fn cache_can_be_shared_between_users() {
    let cache = tempfile::tempdir().expect("a directory");
    keep(cache.path(), || {});
    let package = find(cache.path()).expect("kept").directory;
    let mode = |path: &Path| path.metadata().expect("its metadata").mode() & 0o777;
    let entry = cache.path().join("npm/versions/@opentok+client/2.99.0");
    for file in [package.join("a.js"), package.join("dist/b.js"), entry.clone()] {
        assert_eq!(mode(&file), 0o644, "{}", file.display());
    }
    let above_entry = entry.ancestors().skip(1).take_while(|path| *path != cache.path());
    let above_script = package.join("dist/b.js");
    let above_script = above_script.ancestors().skip(1).take_while(|path| *path != cache.path());
    for directory in above_entry.chain(above_script) {
        assert_eq!(mode(directory), 0o755, "{}", directory.display());
    }
}

#[test]
fn leftovers_of_killed_processes_are_removed() {
    let cache = tempfile::tempdir().expect("a directory");
    keep(cache.path(), || {});
    let packages = cache.path().join("npm/packages");
    let long_ago = std::time::SystemTime::now() - 2 * UNFINISHED_LIMIT;
    for (name, is_old) in [("old", true), ("new", false)] {
        let directory = packages.join(format!("{UNFINISHED}{name}"));
        std::fs::create_dir_all(directory.join("d")).expect("made");
        if is_old {
            std::fs::File::open(&directory).and_then(|opened| opened.set_modified(long_ago)).expect("set");
        }
    }
    keep(cache.path(), || {});
    let left = std::fs::read_dir(&packages).expect("a directory").flatten();
    let mut left: Vec<_> = left.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    left.sort();
    assert_eq!(left.first().map(String::as_str), Some(".unfinished-new"));
    assert_eq!(left.len(), 2, "{left:?}");
}
