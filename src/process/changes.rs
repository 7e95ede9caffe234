//! Changes of files on disk.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

/// The time without a change after which a change is over: editors and compilers write in several steps.
const QUIET: Duration = Duration::from_millis(300);

/// Files whose changes are noticed, from its creation on.
#[derive(Debug)]
pub struct FileChanges {
    changed: mpsc::UnboundedReceiver<PathBuf>,
    /// Dropped, it notices nothing.
    _watcher: RecommendedWatcher,
}

impl FileChanges {
    /// Begins to watch files, and directories with all that is below them. Paths are absolute, without links.
    ///
    /// # Errors
    ///
    /// When the system cannot watch a path, such as one on some network file systems.
    pub fn watch(paths: &[PathBuf]) -> notify::Result<Self> {
        let (sender, changed) = mpsc::unbounded_channel();
        let watched = paths.to_vec();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            for path in event.paths.into_iter().filter(|path| watched.iter().any(|file| path.starts_with(file))) {
                // The receiver ends after the watcher.
                let _ = sender.send(path);
            }
        })?;
        for path in paths {
            // Editors replace a file by another, so its directory is watched.
            let (place, mode) = match path.is_dir() {
                true => (path.as_path(), RecursiveMode::Recursive),
                false => (path.parent().unwrap_or(Path::new("/")), RecursiveMode::NonRecursive),
            };
            watcher.watch(place, mode)?;
        }
        Ok(Self { changed, _watcher: watcher })
    }

    /// Waits for the next change, and until changes are over. Returns the first path that changed.
    pub async fn next(&mut self) -> Option<PathBuf> {
        let first = self.changed.recv().await?;
        while let Ok(Some(_)) = tokio::time::timeout(QUIET, self.changed.recv()).await {}
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn changes_of_watched_files_are_noticed_and_of_others_not() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path().canonicalize().expect("there");
        let (file, other, build) = (root.join("a.toml"), root.join("other"), root.join("build"));
        std::fs::create_dir(&build).expect("made");
        std::fs::write(&file, "1").expect("written");
        let mut changes = FileChanges::watch(&[file.clone(), build.clone()]).expect("watched");
        std::fs::write(&other, "1").expect("written");
        // An editor writes another file and renames it.
        std::fs::write(root.join("a.toml~"), "2").expect("written");
        std::fs::rename(root.join("a.toml~"), &file).expect("renamed");
        assert_eq!(changes.next().await, Some(file.clone()));
        std::fs::write(build.join("x.js"), "1").expect("written");
        assert_eq!(changes.next().await, Some(build.join("x.js")));
        std::fs::write(&other, "2").expect("written");
        assert!(tokio::time::timeout(QUIET, changes.next()).await.is_err(), "another file");
    }
}
