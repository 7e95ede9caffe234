//! Reading what a run has recorded.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::directory::RESULTS;
use crate::event::{RunResult, SCHEMA_VERSION};
use crate::text;

/// Why a run's results cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the results of {}: {reason}", path.display())]
pub struct ReadError {
    path: PathBuf,
    reason: String,
}

impl ReadError {
    fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }
}

/// The results of a run, from its directory or its `results.json`.
///
/// # Errors
///
/// When there are none, or they are of a newer precall.
pub fn read_results(run: &Path) -> Result<RunResult, ReadError> {
    let path = if run.is_dir() { run.join(RESULTS) } else { run.to_owned() };
    checked(&path, read_json(&path)?)
}

/// The JSON of a file.
pub(super) fn read_json(path: &Path) -> Result<Value, ReadError> {
    let text = text::read(path).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "; name a run that is over, such as `runs/20260102T030405-demo` (`precall run --resume` ends one)"
            }
            _ => "",
        };
        ReadError::new(path, format!("{error}{hint}"))
    })?;
    serde_json::from_str(&text).map_err(|error| damaged(path, &error))
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
