//! Files with secrets: they are read only if no other user can read them, and nothing of them is quoted.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use toml_span::value::ValueInner;

use super::error::CredentialError;
use super::raw_credentials::{CredentialSource, Field, RawCredentials};
use precall_support::text;

/// The permission bits of users other than the owner.
const OTHERS: u32 = 0o077;

/// The longest file that is read: a private key of 16384 bits has 13 kB.
const MAX_BYTES: u64 = 64 * 1024;

/// The text of a file that only its owner can read, which `named_by` says is there.
///
/// # Errors
///
/// When it cannot be read, or others than its owner can.
pub fn read_private(file: &Path, named_by: &str) -> Result<String, CredentialError> {
    let unreadable = |error: std::io::Error| CredentialError::Unreadable {
        file: file.to_owned(),
        reason: error.to_string(),
        named_by: named_by.to_owned(),
    };
    let mut opened = std::fs::File::open(file).map_err(unreadable)?;
    // Of what was opened, not of the path: that could be another file by now.
    let mode = opened.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
    if mode & OTHERS != 0 {
        return Err(CredentialError::ReadableByOthers { file: file.to_owned(), mode });
    }
    let mut bytes = Vec::new();
    (&mut opened).take(MAX_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    text::decode(bytes).map_err(|error| unreadable(std::io::Error::new(std::io::ErrorKind::InvalidData, error)))
}

/// The credentials in a file.
pub(super) fn read(file: &Path) -> Result<RawCredentials, CredentialError> {
    let text = read_private(file, "`credentialsFile` in [platform]")?;
    let bad = |at: usize, problem: String| {
        let line = text.get(..at).unwrap_or(&text).matches('\n').count() + 1;
        CredentialError::BadFile { file: file.to_owned(), line, problem }
    };
    // The parser's own words may quote the file.
    let not_toml = "this is not TOML; write `apiKey = \"…\"` and the like";
    let mut root = toml_span::parse(&text).map_err(|error| bad(error.span.start, not_toml.to_owned()))?;
    let ValueInner::Table(table) = root.take() else { return Err(bad(0, not_toml.to_owned())) };
    let mut values = Vec::new();
    for (key, mut value) in table {
        let at = key.span.start;
        let Some(field) = Field::ALL.into_iter().find(|field| field.key() == key.name) else {
            let keys = Field::ALL.map(|field| format!("`{}`", field.key())).join(", ");
            return Err(bad(at, format!("a key that means nothing here; there are {keys}")));
        };
        let text = match value.take() {
            ValueInner::String(text) => text.into_owned(),
            // API keys are numbers, and written as such.
            ValueInner::Integer(number) if field == Field::ApiKey => number.to_string(),
            _ => return Err(bad(at, format!("`{0}` is not a string; write it as `{0} = \"…\"`", field.key()))),
        };
        values.push((field, text));
    }
    Ok(RawCredentials::new(CredentialSource::File(file.to_owned()), values))
}

/// A path that a credentials file or the environment names: relative to that file, or to the working directory.
pub(super) fn beside(place: &CredentialSource, path: &str) -> PathBuf {
    match place {
        CredentialSource::Environment => PathBuf::from(path),
        CredentialSource::File(file) => file.parent().unwrap_or(Path::new("")).join(path),
    }
}
