//! The texts of a scenario: its file and the files that it extends. Their bytes are counted continuously, so that one
//! number is a place in one of them.

use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use precall_results::Source;

/// The texts, in the order in which they were read.
#[derive(Debug, Clone)]
pub(super) struct Sources(Vec<SourceText>);

#[derive(Debug, Clone)]
struct SourceText {
    path: PathBuf,
    /// The real path without links and `..`, which identifies the file.
    real: PathBuf,
    text: String,
    start: usize,
}

impl Sources {
    /// Starts with the scenario's own file.
    pub(crate) fn new(path: &Path, text: &str) -> Self {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Self(vec![SourceText { path: path.to_owned(), real, text: text.to_owned(), start: 0 }])
    }

    /// Adds a file that is extended, and returns the position of its first byte.
    pub(crate) fn add(&mut self, path: &Path, real: &Path, text: &str) -> usize {
        // One byte separates them, so that the end of a text is not a place in the next one.
        let start = self.0.last().map_or(0, |last| last.start + last.text.len() + 1);
        self.0.push(SourceText { path: path.to_owned(), real: real.to_owned(), text: text.to_owned(), start });
        start
    }

    /// Returns whether a file has already been added, by its real path.
    pub(crate) fn has(&self, real: &Path) -> bool {
        self.0.iter().any(|text| text.real == real)
    }

    /// Returns the number of texts.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the paths of all texts.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.0.iter().map(|text| text.path.clone()).collect()
    }

    /// Returns the scenario's own path.
    pub(crate) fn own_path(&self) -> &Path {
        &self.0[0].path
    }

    /// Returns the path and the text that contain a span, and the span within that text.
    pub(crate) fn locate(&self, span: &Range<usize>) -> (&Path, &str, Range<usize>) {
        let found = self.0.iter().rfind(|text| text.start <= span.start).unwrap_or(&self.0[0]);
        let end = |at: usize| at.saturating_sub(found.start).min(found.text.len());
        (&found.path, &found.text, end(span.start)..end(span.end))
    }

    /// Returns the line and the column of a byte, and the file unless it is the scenario's own.
    pub(crate) fn place(&self, at: usize) -> Source {
        let (path, text, span) = self.locate(&(at..at));
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Source {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            file: (path != self.own_path()).then(|| path.display().to_string()),
        }
    }

    /// Returns the SHA-256 of all texts, in hexadecimal.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for text in &self.0 {
            hasher.update((text.text.len() as u64).to_be_bytes());
            hasher.update(&text.text);
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
