//! Copies a run into a store while it goes on.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use super::client::StoreClient;
use super::error::StoreError;
use super::list::{FileList, LIST, MOST_FILE_BYTES, StoredFile};
use crate::record::{CASES, RESULT, case_name};
use crate::run_events::{ConsumerError, Emitted, EventConsumer};
use precall_results::{Outcome, RunEvent};
use precall_support::files::{Directory, EntryKind};

/// What the copying task is told.
enum CopyMessage {
    /// This case has ended; the name is that of its directory.
    Ended(String),
    /// The run is over.
    Over(Outcome),
}

/// Tells the copying task which cases have ended. It comes after the recorder: their files are on disk.
pub struct StoreConsumer(UnboundedSender<CopyMessage>);

impl EventConsumer for StoreConsumer {
    fn name(&self) -> &str {
        "the copy in the store"
    }

    fn take(&mut self, emitted: &Emitted) -> Result<(), ConsumerError> {
        if let RunEvent::CaseFinished { result } = &emitted.event {
            // A task that has ended says why when the run is over.
            let _ = self.0.send(CopyMessage::Ended(case_name(&result.case)));
        }
        Ok(())
    }
}

/// The copy of a run into a store. A store that is away for a while delays it, and stops no case.
pub struct StoreUpload {
    messages: UnboundedSender<CopyMessage>,
    task: JoinHandle<Result<Vec<String>, StoreError>>,
}

impl StoreUpload {
    /// Begins to copy the run in this directory: its plan is in the store when this returns. So a store that takes
    /// nothing is found before the first case.
    ///
    /// # Errors
    ///
    /// When the store does not take the plan.
    pub async fn begin(client: StoreClient, run: &Path) -> Result<(Self, StoreConsumer), StoreError> {
        let run = Directory::open(run).map_err(|error| of_file(run, error))?;
        let mut copy = RunCopy { client, run, left_out: Vec::new() };
        copy.put_run(None).await?;
        let (messages, receiver) = unbounded_channel();
        let task = tokio::spawn(copy.follow(receiver));
        Ok((Self { messages: messages.clone(), task }, StoreConsumer(messages)))
    }

    /// Copies what is missing, once the run is over and its files are written. Returns the files that are too large.
    ///
    /// # Errors
    ///
    /// When the store does not take everything.
    pub async fn finish(self, outcome: Outcome) -> Result<Vec<String>, StoreError> {
        let _ = self.messages.send(CopyMessage::Over(outcome));
        // The task is neither cancelled, nor does it panic; a panic is that of this process.
        self.task.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

struct RunCopy {
    client: StoreClient,
    run: Directory,
    /// The files that are too large for the store, relative to the run's directory.
    left_out: Vec<String>,
}

impl RunCopy {
    /// Copies each case that has ended, and at the end everything that is left.
    async fn follow(mut self, mut messages: UnboundedReceiver<CopyMessage>) -> Result<Vec<String>, StoreError> {
        let (mut left, mut done) = (BTreeSet::new(), BTreeSet::new());
        let outcome = loop {
            match messages.recv().await {
                Some(CopyMessage::Ended(case)) => {
                    left.insert(case);
                    // What did not get through is tried again with the next case.
                    while let Some(case) = left.first().cloned() {
                        if let Err(error) = self.put_case(&case).await {
                            tracing::warn!("{error}; it is tried again after the next case");
                            break;
                        }
                        left.remove(&case);
                        done.insert(case);
                    }
                }
                Some(CopyMessage::Over(outcome)) => break outcome,
                // The run ended with an error of its own.
                None => return Ok(self.left_out),
            }
        };
        for case in self.cases()? {
            if !done.contains(&case) && !self.is_stored(&case).await? {
                self.put_case(&case).await?;
            }
        }
        self.put_run(Some(outcome)).await?;
        Ok(self.left_out)
    }

    /// Copies the files beside the cases.
    async fn put_run(&mut self, outcome: Option<Outcome>) -> Result<(), StoreError> {
        let run = self.run.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let files = put_files(&self.client, &self.run, "", &mut self.left_out).await?;
        self.put_list("", FileList { run, outcome, files }).await
    }

    async fn put_case(&mut self, name: &str) -> Result<(), StoreError> {
        let below = format!("{CASES}/{name}");
        let directory = self.run.directory(&below).map_err(|error| of_file(&self.run.path().join(&below), error))?;
        let prefix = format!("{below}/");
        let files = put_files(&self.client, &directory, &prefix, &mut self.left_out).await?;
        self.put_list(&prefix, FileList { run: name.to_owned(), outcome: None, files }).await
    }

    /// Whether the store has a case as it is here: an earlier part of the run has copied it.
    async fn is_stored(&self, name: &str) -> Result<bool, StoreError> {
        let below = format!("{CASES}/{name}");
        let Some(stored) = self.client.list(&format!("{below}/")).await? else { return Ok(false) };
        let directory = self.run.directory(&below).map_err(|error| of_file(&self.run.path().join(&below), error))?;
        let mut files = BTreeMap::new();
        for (file, content) in contents(&directory, &below, &mut Vec::new())? {
            files.insert(file, StoredFile::of(&content?));
        }
        Ok(stored.files == files)
    }

    async fn put_list(&self, prefix: &str, list: FileList) -> Result<(), StoreError> {
        // A list of texts and numbers is always JSON.
        let text = serde_json::to_vec_pretty(&list).unwrap_or_default();
        self.client.put(&format!("{prefix}{LIST}"), text).await
    }

    /// The names of the directories of all cases that have a result.
    fn cases(&self) -> Result<Vec<String>, StoreError> {
        let cases = match self.run.directory(CASES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            cases => cases.map_err(|error| of_file(&self.run.path().join(CASES), error))?,
        };
        let names = cases.names().map_err(|error| of_file(cases.path(), error))?;
        let has_result = |name: &String| {
            let kind = cases.directory(name).and_then(|case| case.kind(RESULT));
            kind.is_ok_and(|kind| kind == Some(EntryKind::File))
        };
        Ok(names.into_iter().filter_map(|name| name.into_string().ok()).filter(has_result).collect())
    }
}

/// Copies the files of a directory.
async fn put_files(
    client: &StoreClient,
    directory: &Directory,
    prefix: &str,
    left_out: &mut Vec<String>,
) -> Result<BTreeMap<String, StoredFile>, StoreError> {
    let mut files = BTreeMap::new();
    for (name, content) in contents(directory, prefix, left_out)? {
        let content = content?;
        files.insert(name.clone(), StoredFile::of(&content));
        client.put(&format!("{prefix}{name}"), content).await?;
    }
    Ok(files)
}

/// Returns the regular files of a directory that are not hidden, each with its content once it is asked for. Those
/// that are too large are added to `left_out` instead.
fn contents<'a>(
    directory: &'a Directory,
    prefix: &str,
    left_out: &mut Vec<String>,
) -> Result<impl Iterator<Item = (String, Result<Vec<u8>, StoreError>)> + 'a, StoreError> {
    let fail = |error| of_file(directory.path(), error);
    let mut files = Vec::new();
    for name in directory.names().map_err(fail)? {
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.') && *name != LIST) else { continue };
        if directory.kind(name).map_err(fail)? != Some(EntryKind::File) {
            continue;
        }
        let length = directory.file(name).and_then(|file| file.metadata()).map_err(fail)?.len();
        match length {
            // Nothing is lost with it, and nginx takes no empty file.
            0 => {}
            length if length > MOST_FILE_BYTES => left_out.push(format!("{prefix}{name}")),
            _ => files.push(name.to_owned()),
        }
    }
    Ok(files.into_iter().map(move |name| {
        let content = directory.read(&name, MOST_FILE_BYTES).map_err(fail);
        (name, content)
    }))
}

/// Returns the error about a file of this host.
pub(super) fn of_file(path: &Path, error: io::Error) -> StoreError {
    StoreError::File { path: path.display().to_string(), error }
}
