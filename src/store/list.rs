//! The lists of what is in a store.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use precall_results::Outcome;

/// The name of each list.
pub(super) const LIST: &str = "files.json";
/// The most bytes of a list.
pub(super) const MOST_LIST_BYTES: u64 = 1 << 20;
/// The most bytes of a file in a store. Only a capture of packets can have more; it stays where it was made.
pub(super) const MOST_FILE_BYTES: u64 = 256 << 20;
/// The most files of a list.
const MOST_FILES: usize = 1000;

/// The files of a run beside its cases, or those of a case.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileList {
    /// The name of the run's directory.
    pub run: String,
    /// How the run ended. Absent while it goes on, and in the list of a case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The files, by their names.
    pub files: BTreeMap<String, StoredFile>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredFile {
    /// Its length in bytes.
    pub bytes: u64,
    /// The SHA-256 of its content, in hex.
    pub sha256: String,
}

impl StoredFile {
    /// Describes a content.
    pub fn of(content: &[u8]) -> Self {
        let sha256 = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { bytes: content.len() as u64, sha256 }
    }
}

impl FileList {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// The reason, when it is no list, or names a file that is no plain name: a store may hold anything.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let list: Self = serde_json::from_slice(text).map_err(|error| format!("is no list of files: {error}"))?;
        let names = list.files.keys().chain([&list.run]);
        if let Some(name) = names.into_iter().find(|name| !is_plain(name)) {
            return Err(format!("names the file {name:?}, which is no plain name"));
        }
        if list.files.len() > MOST_FILES || list.files.values().any(|file| file.bytes > MOST_FILE_BYTES) {
            return Err(format!("names more than {MOST_FILES} files, or one above {} MiB", MOST_FILE_BYTES >> 20));
        }
        Ok(list)
    }
}

/// Whether a name is one file's in a directory, and neither hidden nor a way out of it.
fn is_plain(name: &str) -> bool {
    let is_one = matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    is_one && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let files = [("plan.json".to_owned(), StoredFile::of(b"{}"))].into();
        let list = FileList { run: "20260101T000000-a".to_owned(), outcome: Some(Outcome::Passed), files };
        let text = serde_json::to_vec(&list).expect("JSON");
        assert_eq!(FileList::read(&text), Ok(list));
    }

    #[test]
    fn a_list_leads_nowhere_else() {
        for name in ["../a", "/etc/passwd", "a/b", ".lock", "..", "", "a\\b"] {
            let text = serde_json::json!({ "run": "a", "files": { name: StoredFile::of(b"") } });
            let error = FileList::read(text.to_string().as_bytes()).expect_err(name);
            assert!(error.contains("no plain name"), "{error}");
        }
        let error = FileList::read(br#"{ "run": "../a", "files": {} }"#).expect_err("the run leads out");
        assert!(error.contains("no plain name"), "{error}");
    }
}
