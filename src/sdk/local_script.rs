//! A script on disk that the user has named.

use std::path::{Path, PathBuf};

use super::error::SdkError;
use precall_support::files::RootedDirectory;

/// How scripts end.
const ENDINGS: [&str; 3] = ["js", "mjs", "cjs"];

/// Where a script is, without links in its path. A scenario may have another author, and the file that it names is
/// served to the page; so what is no script by its own name, whatever leads there, is none.
pub(super) fn local_script(path: &Path) -> Result<PathBuf, SdkError> {
    let missing = |reason: String| SdkError::NoFile { path: path.to_owned(), reason };
    let full = path.canonicalize().map_err(|error| missing(error.to_string()))?;
    if !full.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known)) {
        return Err(missing(format!("{} is no script (.js, .mjs, .cjs)", full.display())));
    }
    let (Some(directory), Some(name)) = (full.parent(), full.file_name()) else {
        return Err(missing("it is no file".to_owned()));
    };
    let opened = RootedDirectory::open(directory).and_then(|directory| directory.file(Path::new(name)));
    opened.map(|_| full.clone()).map_err(|error| missing(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn link_to_a_script_is_followed() {
        let directory = tempfile::tempdir().expect("a directory");
        let at = |name: &str| directory.path().join(name);
        std::fs::write(at("1.js"), "").expect("written");
        std::fs::write(at("id_rsa"), "").expect("written");
        std::fs::create_dir(at("directory.js")).expect("made");
        symlink("1.js", at("current.js")).expect("linked");
        symlink("id_rsa", at("key.js")).expect("linked");
        symlink("/proc/self/environ", at("environment.js")).expect("linked");
        let found = |name: &str| local_script(&at(name)).map_err(|error| error.to_string());
        let real = at("1.js").canonicalize().expect("there");
        assert_eq!((found("1.js"), found("current.js")), (Ok(real.clone()), Ok(real)));
        for (name, reason) in [
            ("id_rsa", "is no script"),
            ("key.js", "id_rsa is no script"),
            ("environment.js", "is no script"),
            ("directory.js", "not a regular file"),
            ("no.js", "No such file"),
        ] {
            let error = found(name).expect_err(name);
            assert!(error.contains(reason), "{error}");
        }
    }
}
