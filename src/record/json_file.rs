//! A JSON file beside a run's own: a comparison, a run that was judged anew.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::directory::RecordError;
use crate::credentials::redact;

/// Writes a value as JSON, without secrets: the file is there whole, or not at all. `-` is standard output.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), RecordError> {
    let fail = |error| RecordError::new(path, error);
    let text = serde_json::to_string_pretty(value).map_err(|error| fail(error.into()))?;
    let text = redact(&text);
    if path == Path::new("-") {
        return writeln!(io::stdout(), "{text}").map_err(fail);
    }
    let temporary = path.with_extension("json.part");
    let write = || {
        let mut file = File::create(&temporary)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(fail)
}
