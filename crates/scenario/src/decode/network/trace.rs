//! Decodes `trace = "lte.up"` and `trace = { file = "lte.up", once = true }`.

use std::path::Path;

use crate::named_file;
use crate::node::NodeValue;
use crate::problems::Problems;
use crate::table::TableReader;
use precall_netem::{Trace, TraceError};
use precall_support::text;

/// The largest file, in bytes; it has room for the largest trace.
const MOST_BYTES: u64 = 128 << 20;

/// Reads the key and the file that it names.
pub(super) fn read(reader: &mut TableReader<'_>, problems: &mut Problems) -> Option<Trace> {
    let node = reader.get("trace")?;
    let (file, once) = match &node.value {
        NodeValue::Table(_) => {
            let mut table = reader.table("trace", problems)?;
            let file = table.text("file", "lte.up", problems);
            let once = table.boolean("once", problems).unwrap_or_default();
            if table.key_span("file").is_none() {
                let help = "write it as `trace = { file = \"lte.up\" }`";
                problems.add(&node.span, "`file` is missing", "incomplete", help);
            }
            table.finish(problems);
            (file, once)
        }
        _ => (reader.text("trace", "lte.up", problems), false),
    };
    let (file, node) = file?;
    load(reader.directory(), file, once)
        .map_err(|(message, help)| problems.add(&node.span, message, "not a trace", help))
        .ok()
}

/// Reads the trace of a file, or returns the error and its help text.
fn load(directory: &Path, file: &str, once: bool) -> Result<Trace, (String, &'static str)> {
    let path = directory.join(file);
    let help = "write the path of a trace in Mahimahi's format, relative to this file: each line is a \
                millisecond at which one packet of 1500 bytes may leave";
    let fail = |error: &dyn std::fmt::Display| (format!("cannot read {}: {error}", path.display()), help);
    let (_, bytes) = named_file::read(directory, Path::new(file), MOST_BYTES).map_err(|error| fail(&error))?;
    let text = text::decode(bytes).map_err(|error| fail(&error))?;
    Trace::parse(file, &text, once).map_err(|error| {
        let message = match &error {
            // The line is not shown: the path may lead to any file.
            TraceError::NotANumber { line, .. } => format!("line {line} is not a whole number of milliseconds"),
            error => error.to_string(),
        };
        (format!("{}: {message}", path.display()), error.conversion().unwrap_or(help))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_line() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("good"), "1\n2\n").expect("a file");
        std::fs::write(directory.path().join("bad"), "1\nx\n").expect("a file");
        std::fs::write(directory.path().join("binary"), [0xff, 0xfe]).expect("a file");
        assert_eq!(load(directory.path(), "good", true).expect("a trace").name, "good");
        for (file, hint) in [
            ("bad", "line 2"),
            ("binary", "UTF-16"),
            ("none", "No such file"),
            (".", "has a name"),
            ("..", "outside"),
            ("/etc/passwd", "outside"),
        ] {
            let (message, _) = load(directory.path(), file, false).expect_err("wrong");
            assert!(message.contains(hint), "{message}");
        }
    }
}
