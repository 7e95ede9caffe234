//! The place of a scenario file in the repository that a CI job has checked out.

use std::path::{Component, Path, PathBuf};

use precall_support::files::plain;

/// The repository to which annotations refer, and precall's working directory.
#[derive(Debug, Clone)]
pub(super) struct Repository {
    /// The repository's root. `None` if no CI system names one.
    root: Option<PathBuf>,
    /// The working directory, to which relative paths refer.
    here: PathBuf,
}

impl Repository {
    /// Returns the repository with this root, for a program that runs in `here`.
    pub(crate) fn new(root: Option<&Path>, here: &Path) -> Self {
        Self { root: root.map(real), here: real(here) }
    }

    /// Returns the repository of this job of GitHub Actions (or Gitea, Forgejo), from `GITHUB_WORKSPACE`.
    pub(crate) fn of_environment() -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        Self::new(precall_support::environment::variable("GITHUB_WORKSPACE").map(PathBuf::from).as_deref(), &here)
    }

    /// Returns a file's path relative to the root, with `/` as the separator. `None` if the file is not in the
    /// repository. Without a root, the path is relative to the working directory, or unchanged if the file is not below
    /// it.
    ///
    /// `scenarios` are the absolute paths of the run's scenarios. A file that they extend is recorded with the path in
    /// the scenario, relative to the working directory of the run, which is not recorded.
    pub(crate) fn place(&self, file: &str, scenarios: &[String]) -> Option<String> {
        let path = real(&self.absolute(Path::new(file), scenarios));
        let Some(root) = &self.root else {
            return Some(path.strip_prefix(&self.here).map_or_else(|_| file.to_owned(), joined));
        };
        if let Ok(inside) = path.strip_prefix(root) {
            return Some(joined(inside));
        }
        // The run was recorded on another machine with another path of the repository. The longest end of the path that
        // exists in this repository is used.
        let parts: Vec<_> = path.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        let ends = (0..parts.len()).map(|first| parts[first..].iter().collect::<PathBuf>());
        (!path.exists()).then(|| ends.into_iter().find(|end| root.join(end).is_file()))?.map(|end| joined(&end))
    }

    fn absolute(&self, file: &Path, scenarios: &[String]) -> PathBuf {
        let of_scenarios = scenarios.iter().flat_map(|scenario| Path::new(scenario).ancestors().skip(1));
        let places = std::iter::once(self.here.as_path()).chain(of_scenarios);
        let found = places.map(|place| place.join(file)).find(|path| path.is_file());
        found.unwrap_or_else(|| self.here.join(file))
    }
}

/// Resolves symbolic links and `..` as far as the file system allows.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| plain(path))
}

fn joined(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_placed_relative_to_the_root() {
        let base = tempfile::tempdir().expect("a directory");
        let root = base.path().join("repo #1 ü");
        let e2e = root.join("e2e");
        std::fs::create_dir_all(&e2e).expect("made");
        std::fs::write(base.path().join("outside.toml"), "").expect("written");
        for file in ["e2e/upgrade.toml", "common.toml"] {
            std::fs::write(root.join(file), "").expect("written");
        }
        let recorded = vec![e2e.join("upgrade.toml").display().to_string()];
        let place = |repository: &Repository, file: &str| repository.place(file, &recorded);
        let some = |text: &str| Some(text.to_owned());
        // In a job with a working directory.
        let job = Repository::new(Some(&root), &e2e);
        assert_eq!(place(&job, &recorded[0]), some("e2e/upgrade.toml"));
        assert_eq!(place(&job, "upgrade.toml"), some("e2e/upgrade.toml"));
        assert_eq!(place(&job, "../common.toml"), some("common.toml"));
        assert_eq!(place(&job, &base.path().join("outside.toml").display().to_string()), None);
        // Recorded on a machine with another path of the repository.
        assert_eq!(place(&job, "/home/runner/work/repo/repo/e2e/upgrade.toml"), some("e2e/upgrade.toml"));
        assert_eq!(place(&job, "/home/runner/work/repo/repo/e2e/gone.toml"), None);
        // Run in the root, reported in a directory below it.
        let below = Repository::new(Some(&root), &root.join("e2e"));
        assert_eq!(place(&below, "e2e/upgrade.toml"), some("e2e/upgrade.toml"));
        // A root that is a symbolic link, as on some runners.
        let link = base.path().join("link");
        std::os::unix::fs::symlink(&root, &link).expect("linked");
        assert_eq!(place(&Repository::new(Some(&link), &e2e), &recorded[0]), some("e2e/upgrade.toml"));
        // Without a CI system.
        let outside = Repository::new(None, &root);
        assert_eq!(place(&outside, &recorded[0]), some("e2e/upgrade.toml"));
        assert_eq!(place(&outside, "/nowhere/a.toml"), some("/nowhere/a.toml"));
    }
}
