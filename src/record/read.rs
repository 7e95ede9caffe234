//! Reading what a run has recorded.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::directory::RESULTS;
use precall_results::{RunResult, SCHEMA_VERSION};
use precall_support::files::{Directory, read_named};
use precall_support::text;

/// The largest file of a run that is read at once.
const MOST_BYTES: u64 = 1 << 30;

/// The longest line of a run's files: a page's event has less.
const MOST_LINE_BYTES: usize = 64 << 20;

/// Why a run's results cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the results of {}: {reason}", path.display())]
pub struct ReadError {
    path: PathBuf,
    reason: String,
    is_missing: bool,
}

impl ReadError {
    pub(super) fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into(), is_missing: false }
    }

    /// Whether there are no results at all: the run is not over, or there is no run.
    pub fn is_missing(&self) -> bool {
        self.is_missing
    }

    /// Why, without the path.
    pub(super) fn reason(&self) -> &str {
        &self.reason
    }
}

/// The results of a run, from its directory or its `results.json`.
///
/// # Errors
///
/// When there are none, or they are of a newer precall.
pub fn read_results(run: &Path) -> Result<RunResult, ReadError> {
    match open(run)? {
        Some(run) => results_in(&run),
        None => checked(run, read_json(run)?),
    }
}

/// A run's directory; `None` when a file is named instead.
pub(super) fn open(run: &Path) -> Result<Option<Directory>, ReadError> {
    if !run.is_dir() {
        return Ok(None);
    }
    Directory::open(run).map(Some).map_err(|error| ReadError::new(run, error.to_string()))
}

/// The results in a run's directory.
pub(super) fn results_in(run: &Directory) -> Result<RunResult, ReadError> {
    checked(&run.path().join(RESULTS), json_in(run, RESULTS)?)
}

/// The JSON of a file in a run's directory.
pub(super) fn json_in(run: &Directory, below: impl AsRef<Path>) -> Result<Value, ReadError> {
    let path = run.path().join(&below);
    parsed(&path, run.read(below, MOST_BYTES))
}

/// The JSON of a file that a user named.
pub(super) fn read_json(path: &Path) -> Result<Value, ReadError> {
    parsed(path, read_named(path, MOST_BYTES))
}

fn parsed(path: &Path, bytes: io::Result<Vec<u8>>) -> Result<Value, ReadError> {
    let bytes = bytes.map_err(|error| {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        ReadError { is_missing, ..ReadError::new(path, error.to_string()) }
    })?;
    let text = text::decode(bytes).map_err(|error| ReadError::new(path, error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| damaged(path, &error))
}

/// The lines of a file in a run's directory that can be read as such values. A file that is missing has none, and a
/// line that was cut short is left out.
///
/// # Errors
///
/// When there is something else than a regular file in its place.
pub(super) fn lines_in<T: DeserializeOwned>(
    run: &Directory,
    below: impl AsRef<Path>,
) -> Result<impl Iterator<Item = T>, ReadError> {
    Ok(texts_in(run, below)?.filter_map(|line| serde_json::from_str(&line).ok()))
}

/// The lines of a file as [`lines_in`] returns them, each with its number in the file, from 1.
///
/// # Errors
///
/// As of [`lines_in`].
pub(super) fn numbered_lines_in<T: DeserializeOwned>(
    run: &Directory,
    below: impl AsRef<Path>,
) -> Result<impl Iterator<Item = (usize, T)>, ReadError> {
    let lines = (1..).zip(texts_in(run, below)?);
    Ok(lines.filter_map(|(number, line)| Some((number, serde_json::from_str(&line).ok()?))))
}

/// The lines of a file in a run's directory, as they are.
///
/// # Errors
///
/// As of [`lines_in`].
pub(super) fn texts_in(run: &Directory, below: impl AsRef<Path>) -> Result<impl Iterator<Item = String>, ReadError> {
    let file = match run.file(&below) {
        Ok(file) => Some(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(ReadError::new(&run.path().join(below), error.to_string())),
    };
    Ok(file.into_iter().flat_map(lines).map(|line| String::from_utf8_lossy(&line).trim_end().to_owned()))
}

/// The lines of a file, one at a time: together they may have more bytes than fit into memory.
fn lines(file: File) -> impl Iterator<Item = Vec<u8>> {
    let mut file = BufReader::with_capacity(64 << 10, file);
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        // Of a longer one the rest is read as the next; both are no JSON.
        let mut part = io::Read::take(&mut file, MOST_LINE_BYTES as u64);
        let count = part.read_until(b'\n', &mut line).ok()?;
        (count > 0).then_some(line)
    })
}

/// The results that a file's JSON holds.
pub(super) fn checked(path: &Path, value: Value) -> Result<RunResult, ReadError> {
    let version = value.get("schemaVersion").and_then(Value::as_u64).unwrap_or_default();
    if version > u64::from(SCHEMA_VERSION) {
        let reason = format!("they are of a newer precall (schema {version}, this one knows {SCHEMA_VERSION})");
        return Err(ReadError::new(path, reason));
    }
    serde_json::from_value(value).map_err(|error| damaged(path, &error))
}

pub(super) fn damaged(path: &Path, error: &serde_json::Error) -> ReadError {
    ReadError::new(path, format!("they are damaged: {error}"))
}
