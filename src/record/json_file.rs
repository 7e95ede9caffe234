//! A JSON file beside a run's own: a comparison, a run that was judged anew.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::clean::clean_value;
use super::directory::RecordError;
use super::read::{ReadError, damaged, read_json};
use crate::credentials::redact;
use crate::output;

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
        output::print_json(text);
        return Ok(());
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

/// What such a file holds, cleaned as all that is read back; `None` when there is no such file.
///
/// # Errors
///
/// When it cannot be read, or holds something else.
pub fn read_json_file<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ReadError> {
    if !path.exists() {
        return Ok(None);
    }
    let mut value = read_json(path)?;
    clean_value(&mut value);
    serde_json::from_value(value).map(Some).map_err(|error| damaged(path, &error))
}
