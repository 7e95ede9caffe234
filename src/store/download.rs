//! Reads a run from a store.

use std::path::{Path, PathBuf};

use futures::{StreamExt, TryStreamExt, stream};

use super::client::StoreClient;
use super::error::StoreError;
use super::list::{FileList, LIST, MOST_LIST_BYTES, StoredFile};
use super::upload::of_file;
use crate::record::{CASES, PLAN, RunPlan, case_name};
use precall_results::Outcome;
use precall_support::files::Directory;

/// The number of cases that are read at once.
const AT_ONCE: usize = 8;

/// How much of a run is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownloadScope {
    /// What a run that was cut short can be resumed from: the cases that are complete.
    Resumable,
    /// All of it. A file that is missing, or does not match its list, is an error.
    Whole,
}

/// A run in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    /// The name of its directory.
    pub name: String,
    /// How it ended. Absent while it goes on.
    pub outcome: Option<Outcome>,
}

/// A run that was read from a store.
#[derive(Debug)]
pub struct Download {
    /// The run's directory.
    pub path: PathBuf,
    /// What the run was asked for.
    pub plan: RunPlan,
}

impl StoreClient {
    /// Returns what the store has at the address. `None` if there is no run.
    ///
    /// # Errors
    ///
    /// When the store does not answer, or holds something else.
    pub async fn stored_run(&self) -> Result<Option<StoredRun>, StoreError> {
        let list = self.list("").await?;
        Ok(list.map(|FileList { run, outcome, .. }| StoredRun { name: run, outcome }))
    }

    /// Reads the run into a directory below `base`, which has the name of the run's own. `None` if there is no run.
    ///
    /// # Errors
    ///
    /// When the store does not answer or holds something else, or the directory cannot be written.
    pub async fn download(&self, base: &Path, part: DownloadScope) -> Result<Option<Download>, StoreError> {
        let Some(list) = self.list("").await? else { return Ok(None) };
        std::fs::create_dir_all(base).map_err(|error| of_file(base, error))?;
        let fail = |error| of_file(base, error);
        let directory = Directory::open(base).and_then(|base| base.create_directory(&list.run)).map_err(fail)?;
        let has_plan = self.take("", &list, &directory, part).await?;
        if !has_plan.iter().any(|name| name == PLAN) {
            return Err(self.damaged(PLAN, "is missing or changes at this moment; try again".to_owned()));
        }
        let text = directory.read(PLAN, MOST_LIST_BYTES.max(list.files[PLAN].bytes)).map_err(fail)?;
        let plan: RunPlan = serde_json::from_slice(&text)
            .map_err(|error| self.damaged(PLAN, format!("is no plan of a run: {error}; begin a new run elsewhere")))?;
        let cases = plan.cases.iter().map(|id| self.take_case(case_name(id), &directory, part));
        stream::iter(cases).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(Some(Download { path: directory.path().to_owned(), plan }))
    }

    /// Reads a case, if the store has it.
    async fn take_case(&self, name: String, run: &Directory, part: DownloadScope) -> Result<(), StoreError> {
        let prefix = format!("{CASES}/{name}/");
        let Some(list) = self.list(&prefix).await? else { return Ok(()) };
        let below = Path::new(CASES).join(&name);
        let fail = |error| of_file(&run.path().join(&below), error);
        let directory = run.create_directory(&below).map_err(fail)?;
        let taken = self.take(&prefix, &list, &directory, part).await?;
        if taken.len() < list.files.len() {
            // It was about to be replaced: it runs again.
            let cases = run.directory(CASES).map_err(fail)?;
            cases.remove(&name).map_err(fail)?;
        }
        Ok(())
    }

    /// Reads the files of a list, and returns the names of those that match it.
    async fn take(
        &self,
        prefix: &str,
        list: &FileList,
        directory: &Directory,
        part: DownloadScope,
    ) -> Result<Vec<String>, StoreError> {
        let mut taken = Vec::new();
        for (name, stored) in &list.files {
            let whole = format!("{prefix}{name}");
            let content = self.get(&whole, stored.bytes).await;
            match content {
                Ok(Some(content)) if StoredFile::of(&content) == *stored => {
                    let fail = |error| of_file(&directory.path().join(name), error);
                    directory.replace(name, &content).map_err(fail)?;
                    taken.push(name.clone());
                }
                Ok(_) | Err(StoreError::Damaged { .. }) if part == DownloadScope::Resumable => {}
                Ok(_) | Err(StoreError::Damaged { .. }) => {
                    let reason = "is not what its list says: the run goes on, or was cut short";
                    return Err(self.damaged(&whole, reason.to_owned()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    /// Reads a list. `None` if there is none.
    pub(super) async fn list(&self, prefix: &str) -> Result<Option<FileList>, StoreError> {
        let name = format!("{prefix}{LIST}");
        let Some(text) = self.get(&name, MOST_LIST_BYTES).await? else { return Ok(None) };
        FileList::read(&text).map(Some).map_err(|reason| self.damaged(&name, reason))
    }
}
