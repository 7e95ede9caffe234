//! The recorded rates that the calls of a calibration name. Their run keeps copies, so that it can be resumed.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use toml_edit::{DocumentMut, Item, Value};

use super::error::CalibrationError;
use crate::job::plan::OwnFile;
use precall_support::files::read_named;

/// The largest trace, in bytes: as large as the scenario may name.
const MOST_BYTES: u64 = 128 << 20;

/// Returns the paths of all traces in a scenario, as they are written.
pub(super) fn trace_files(scenario: &DocumentMut) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    of_item(scenario.as_item(), false, &mut files);
    files
}

/// Reads these files, which are relative to the directory of a scenario that has been read.
///
/// # Errors
///
/// When a file is not below the directory, or cannot be read.
pub(super) fn read_traces(directory: &Path, files: BTreeSet<String>) -> Result<Vec<OwnFile>, CalibrationError> {
    let read = |file: String| {
        let path = PathBuf::from(&file);
        if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(CalibrationError::TraceElsewhere(file));
        }
        let content = read_named(&directory.join(&path), MOST_BYTES)
            .map_err(|error| CalibrationError::Trace { file, reason: error.to_string() })?;
        Ok(OwnFile { path, content })
    };
    files.into_iter().map(read).collect()
}

/// Collects the traces in an item. `is_trace` is true for the value of a key `trace`.
fn of_item(item: &Item, is_trace: bool, files: &mut BTreeSet<String>) {
    match item {
        Item::None => {}
        Item::Value(value) => of_value(value, is_trace, files),
        Item::Table(table) => table.iter().for_each(|(key, item)| of_item(item, key == "trace", files)),
        Item::ArrayOfTables(tables) => {
            tables.iter().flat_map(|table| table.iter()).for_each(|(key, item)| of_item(item, key == "trace", files));
        }
    }
}

fn of_value(value: &Value, is_trace: bool, files: &mut BTreeSet<String>) {
    match value {
        Value::String(file) if is_trace => {
            files.insert(file.value().clone());
        }
        // An axis has several, each as a name or as a table.
        Value::Array(values) => values.iter().for_each(|value| of_value(value, is_trace, files)),
        Value::InlineTable(table) => {
            let is_its = |key: &str| key == "trace" || (is_trace && key == "file");
            table.iter().for_each(|(key, value)| of_value(value, is_its(key), files));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_found_wherever_a_network_is() {
        let text = "network.up.trace = \"a.up\"\nprofiles.mine = { down.trace = { file = \"b.down\", once = true } }\n\
            [matrix]\nnetwork.trace = [\"traces/c\", { file = \"d\" }]\n\
            [[case]]\nname = \"trace\"\nnetwork = { trace = \"e\", rate = \"1 Mbit/s\" }\n";
        let files = trace_files(&text.parse().expect("TOML"));
        assert_eq!(files.into_iter().collect::<Vec<_>>(), ["a.up", "b.down", "d", "e", "traces/c"]);
    }

    #[test]
    fn a_trace_elsewhere_is_refused() {
        let base = tempfile::tempdir().expect("a directory");
        std::fs::write(base.path().join("a.up"), "1\n").expect("written");
        let read = |file: &str| read_traces(base.path(), [file.to_owned()].into());
        let own = OwnFile { path: "a.up".into(), content: b"1\n".to_vec() };
        assert_eq!(read("a.up").expect("read"), [own]);
        for file in ["../a.up", "/a.up"] {
            let error = read(file).expect_err(file);
            assert!(error.to_string().contains("below"), "{error}");
        }
    }
}
