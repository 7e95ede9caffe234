//! `--events`: everything that happens, as JSON lines, while it happens.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::directory::RecordError;
use super::recorder::EventLine;
use crate::credentials::redact;
use crate::event::Emitted;

/// Writes every event, the bulk included, with its time: one line each.
pub struct EventLines {
    path: PathBuf,
    writer: Box<dyn Write + Send>,
}

impl EventLines {
    /// Into a file; `-` is standard output.
    ///
    /// # Errors
    ///
    /// When the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, RecordError> {
        let writer: Box<dyn Write + Send> = if path == Path::new("-") {
            Box::new(io::stdout())
        } else {
            Box::new(BufWriter::new(File::create(path).map_err(|error| RecordError::new(path, error))?))
        };
        Ok(Self { path: path.to_owned(), writer })
    }

    /// Writes one.
    ///
    /// # Errors
    ///
    /// When it cannot be written, as to a pipe that nobody reads any more.
    pub fn write(&mut self, Emitted { at, event }: &Emitted) -> Result<(), RecordError> {
        let fail = |error| RecordError::new(&self.path, error);
        let line = serde_json::to_string(&EventLine { at, event }).map_err(|error| fail(error.into()))?;
        // Each at once: somebody may be waiting for it.
        writeln!(self.writer, "{}", redact(&line)).and_then(|()| self.writer.flush()).map_err(fail)
    }
}
