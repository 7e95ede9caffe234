//! The processes of a browser that precall launched.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Child;
use tokio::sync::Mutex;

use super::supervisor::clean_up_after;

/// How long the supervisor has to clean up: its own grace period and a margin.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);

/// A supervisor, and the browser below it. Both end when this value is dropped.
pub(super) struct BrowserProcess {
    supervisor: Mutex<Child>,
    /// The directory with all files of the browser.
    root: PathBuf,
}

impl BrowserProcess {
    pub(crate) fn new(supervisor: Child, root: PathBuf) -> Self {
        Self { supervisor: Mutex::new(supervisor), root }
    }

    /// Returns the directory with all files of the browser.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Ends the browser, and waits until no process and no file of it is left.
    pub(crate) async fn close(&self) {
        let mut supervisor = self.supervisor.lock().await;
        drop(supervisor.stdin.take());
        if tokio::time::timeout(CLOSE_LIMIT, supervisor.wait()).await.is_err() {
            tracing::warn!("the browser's supervisor did not end within {} s", CLOSE_LIMIT.as_secs());
        }
        if self.root.exists() {
            // The supervisor itself was killed.
            clean_up_after(&self.root);
        }
    }
}
