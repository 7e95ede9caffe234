//! A JSON file beside a run's own: a comparison, a run that was judged anew.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::clean::clean_value;
use super::directory::{RecordError, json};
use super::read::{ReadError, damaged, json_in, open};
use precall_support::files::write_named;
use precall_support::output;

/// Writes a value as JSON, without secrets: the file is there whole, or not at all. `-` is standard output.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), RecordError> {
    let fail = |error| RecordError::new(path, error);
    let text = json(value).map_err(fail)?;
    if path == Path::new("-") {
        output::print_json(text);
        return Ok(());
    }
    write_named(path, text.as_bytes()).map_err(fail)
}

/// Reads such a file in a run's directory, cleaned as everything that is read back. Absent when there is no such file.
///
/// # Errors
///
/// When it cannot be read, or holds something else.
pub fn read_json_in<T: DeserializeOwned>(run: &Path, name: &str) -> Result<Option<T>, ReadError> {
    // A run can be given by its results alone.
    let Some(run) = open(run)? else { return Ok(None) };
    let path = run.path().join(name);
    if run.kind(name).map_err(|error| ReadError::new(&path, error.to_string()))?.is_none() {
        return Ok(None);
    }
    let mut value = json_in(&run, name)?;
    clean_value(&mut value);
    serde_json::from_value(value).map(Some).map_err(|error| damaged(&path, &error))
}
