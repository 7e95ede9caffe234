//! The texts that make up a scenario: its file, and those that it extends. Their bytes are counted through, one text after
//! the other, so that a place in any of them is one number.

use std::ops::Range;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use precall_results::Source;

/// The texts, in the order in which they were read.
#[derive(Debug, Clone)]
pub(super) struct Sources(Vec<Text>);

#[derive(Debug, Clone)]
struct Text {
    path: PathBuf,
    /// Without links and `..`, to know the file by.
    real: PathBuf,
    text: String,
    start: usize,
}

impl Sources {
    /// The scenario's own file.
    pub fn new(path: &Path, text: &str) -> Self {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Self(vec![Text { path: path.to_owned(), real, text: text.to_owned(), start: 0 }])
    }

    /// Adds a file that is extended; gives where its bytes begin.
    pub fn add(&mut self, path: &Path, real: &Path, text: &str) -> usize {
        // One byte between them, so that the end of a text is no place of the next.
        let start = self.0.last().map_or(0, |last| last.start + last.text.len() + 1);
        self.0.push(Text { path: path.to_owned(), real: real.to_owned(), text: text.to_owned(), start });
        start
    }

    /// Whether a file is among them, by its path without links and `..`.
    pub fn has(&self, real: &Path) -> bool {
        self.0.iter().any(|text| text.real == real)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The scenario's own path.
    pub fn own_path(&self) -> &Path {
        &self.0[0].path
    }

    /// The file and text that a span is in, and the span within it.
    pub fn locate(&self, span: &Range<usize>) -> (&Path, &str, Range<usize>) {
        let found = self.0.iter().rfind(|text| text.start <= span.start).unwrap_or(&self.0[0]);
        let end = |at: usize| at.saturating_sub(found.start).min(found.text.len());
        (&found.path, &found.text, end(span.start)..end(span.end))
    }

    /// The line and column of a byte, and the file if it is not the scenario's own.
    pub fn place(&self, at: usize) -> Source {
        let (path, text, span) = self.locate(&(at..at));
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Source {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            file: (path != self.own_path()).then(|| path.display().to_string()),
        }
    }

    /// SHA-256 of all they say, in hex.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for text in &self.0 {
            hasher.update((text.text.len() as u64).to_be_bytes());
            hasher.update(&text.text);
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
