//! Reading what a run has recorded.

use std::fs;
use std::path::{Path, PathBuf};

use super::directory::RESULTS;
use crate::event::{RunResult, SCHEMA_VERSION};

/// Why a run's results cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the results of {}: {reason}", path.display())]
pub struct ReadError {
    path: PathBuf,
    reason: String,
}

/// The results of a run, from its directory or its `results.json`.
///
/// # Errors
///
/// When there are none, or they are of a newer precall.
pub fn read_results(run: &Path) -> Result<RunResult, ReadError> {
    let path = if run.is_dir() { run.join(RESULTS) } else { run.to_owned() };
    let fail = |reason: String| ReadError { path: path.clone(), reason };
    let text = fs::read_to_string(&path).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "; name a run that is over, such as `runs/20260102T030405-demo` (`precall run --resume` ends one)"
            }
            _ => "",
        };
        fail(format!("{error}{hint}"))
    })?;
    let result: RunResult = serde_json::from_str(&text).map_err(|error| fail(format!("they are damaged: {error}")))?;
    if result.schema_version > SCHEMA_VERSION {
        let version = result.schema_version;
        return Err(fail(format!("they are of a newer precall (schema {version}, this one knows {SCHEMA_VERSION})")));
    }
    Ok(result)
}
