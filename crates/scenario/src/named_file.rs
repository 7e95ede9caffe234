//! Files that a scenario names. The author of a scenario is not necessarily the user who runs it.

use std::io;
use std::path::{Path, PathBuf};

use precall_support::files::{Directory, plain};

/// Reads a file that a scenario extends, and returns its real path. `directory` is that of the scenario.
///
/// # Errors
///
/// As [`read`]; a name that does not end in `.toml` is also an error.
pub(super) fn extended(directory: &Path, name: &str, most: u64) -> io::Result<(PathBuf, Vec<u8>)> {
    let name = Path::new(name);
    if !is_toml(name) {
        return Err(refused("its name does not end in .toml".to_owned()));
    }
    read(directory, name, most)
}

/// Reads a file that a scenario in `directory` names, and returns its real path. The file must be a regular file in the
/// same working tree (the nearest parent directory with a `.git`), or without one, below the directory. The author of
/// the scenario controls these files anyway.
///
/// # Errors
///
/// Returns an error if the file is outside, cannot be read, is not a regular file, is too large, or is reached by a
/// link.
pub(super) fn read(directory: &Path, name: &Path, most: u64) -> io::Result<(PathBuf, Vec<u8>)> {
    let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let directory = directory.canonicalize()?;
    let root = directory.ancestors().find(|above| above.join(".git").symlink_metadata().is_ok()).unwrap_or(&directory);
    let path = plain(&directory.join(name));
    let Ok(below) = path.strip_prefix(root) else {
        return Err(refused(format!("it is outside of {}, where a scenario's files must be", root.display())));
    };
    let bytes = Directory::open(root)?.read(below, most)?;
    Ok((path, bytes))
}

/// Returns whether error messages may show lines of a file that is not TOML. `is_own` is true for the scenario itself,
/// whose path the user gave; a link there may still lead to any file. Other files are shown if the text before the
/// mistake is TOML.
pub(super) fn may_be_shown(path: &Path, text: &str, is_own: bool) -> bool {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if is_own && (is_toml(&real) || !real.is_file()) {
        return true;
    }
    let before: String = text.split_inclusive('\n').take(first_wrong_line(text) - 1).collect();
    toml_span::parse(&before).is_ok_and(|value| value.as_table().is_some_and(|table| !table.is_empty()))
}

/// Returns the number of the first line that is not TOML, from 1.
pub(super) fn first_wrong_line(text: &str) -> usize {
    let at = toml_span::parse(text).err().map_or(0, |error| error.span.start);
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

fn refused(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::load;

    /// Creates a directory with a scenario in `e2e/quick`, which extends another file.
    fn scenario(extends: &str) -> (tempfile::TempDir, PathBuf) {
        let base = tempfile::tempdir().expect("a directory");
        let directory = base.path().join("tree/e2e/quick");
        fs::create_dir_all(&directory).expect("made");
        let path = directory.join("a.toml");
        fs::write(&path, format!("extends = {extends:?}\n[[case]]\nname = \"a\"\n")).expect("written");
        (base, path)
    }

    #[test]
    fn extended_file_is_in_the_working_tree() {
        let (base, path) = scenario("../common.toml");
        fs::write(base.path().join("tree/e2e/common.toml"), "seed = 9").expect("written");
        let error = load(&path).expect_err("outside");
        let report = &error.diagnostics()[0].message;
        assert!(report.contains("e2e/quick, where a scenario's files must be"), "{report}");
        fs::create_dir(base.path().join("tree/.git")).expect("made");
        assert_eq!(load(&path).unwrap_or_else(|error| panic!("{error}")).seed, 9);
    }

    #[test]
    fn other_files_are_not_shown() {
        for (extends, reason) in [
            ("/proc/self/environ", "does not end in .toml"),
            ("/dev/zero", "does not end in .toml"),
            ("/etc/secret.toml", "is outside of"),
            ("../../../../secret.toml", "is outside of"),
            ("link.toml", "`link.toml` is a symbolic link, not a regular file"),
            ("fifo.toml", "`fifo.toml` is a FIFO, not a regular file"),
            ("linked/secret.toml", "`linked` is a symbolic link, not a directory"),
            ("huge.toml", "it has more than 4 MiB"),
            ("secret.toml", "is not TOML from line 1 on"),
        ] {
            let (base, path) = scenario(extends);
            let directory = path.parent().expect("a directory");
            fs::create_dir(base.path().join("tree/.git")).expect("made");
            fs::write(base.path().join("secret.toml"), "hunter2 = ").expect("written");
            fs::write(directory.join("secret.toml"), "hunter2\nhunter3").expect("written");
            symlink(base.path().join("secret.toml"), directory.join("link.toml")).expect("a link");
            symlink(base.path(), directory.join("linked")).expect("a link");
            nix::unistd::mkfifo(&directory.join("fifo.toml"), nix::sys::stat::Mode::S_IRWXU).expect("made");
            fs::write(directory.join("huge.toml"), vec![b'#'; (4 << 20) + 1]).expect("written");
            let error = load(&path).expect_err("refused");
            assert!(error.diagnostics()[0].message.contains(reason), "{reason}: {error}");
            assert!(!error.to_string().contains("hunter"), "{error}");
        }
    }

    #[test]
    fn mistake_in_a_scenario_is_shown() {
        let (_base, path) = scenario("common.toml");
        fs::write(path.with_file_name("common.toml"), "seed = 9\nnetwork.delay = 80 ms\n").expect("written");
        let report = load(&path).expect_err("wrong").to_string();
        assert!(report.contains("network.delay = 80 ms"), "{report}");
    }

    #[test]
    fn link_to_another_file_is_not_shown() {
        let (base, path) = scenario("common.toml");
        fs::write(base.path().join("secret"), "hunter2 two\n").expect("written");
        let link = path.with_file_name("link.toml");
        symlink(base.path().join("secret"), &link).expect("a link");
        let report = load(&link).expect_err("wrong").to_string();
        assert!(report.contains("is not TOML from line 1 on") && !report.contains("hunter"), "{report}");
    }

    #[test]
    fn chain_of_extends_is_limited() {
        let (_base, path) = scenario("0.toml");
        for number in 0..40 {
            let next = format!("extends = \"./{}.toml\"", number + 1);
            fs::write(path.with_file_name(format!("{number}.toml")), next).expect("written");
        }
        let report = load(&path).expect_err("too many").to_string();
        assert!(report.contains("over 16 files extend one another"), "{report}");
        fs::write(path.with_file_name("0.toml"), "extends = \"./../quick/a.toml\"").expect("written");
        assert!(load(&path).expect_err("a circle").to_string().contains("extends itself"));
    }
}
