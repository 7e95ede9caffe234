//! `--events`: everything that happens, as JSON lines, while it happens.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::directory::RecordError;
use super::recorder::EventLine;
use crate::run_events::{ConsumerError, Emitted, EventConsumer};
use precall_support::output::{LineKind, Lines};
use precall_support::secrets::redact;

/// Writes every event, the bulk included, with its time: one line each. Dropping it waits until the reader of standard
/// output has taken all of them.
pub struct EventLines {
    path: PathBuf,
    /// Absent once the lines have ended.
    destination: Option<Destination>,
}

/// The file or stream that lines are written to.
enum Destination {
    File(BufWriter<File>),
    /// By a thread of its own: a reader that is slow must not hold up the record of the run.
    StandardOutput(Lines),
}

impl EventLines {
    /// Into a file; `-` is standard output.
    ///
    /// # Errors
    ///
    /// When the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, RecordError> {
        let destination = match path == Path::new("-") {
            true => Destination::StandardOutput(Lines::start(None, LineKind::Json)),
            false => {
                Destination::File(BufWriter::new(File::create(path).map_err(|error| RecordError::new(path, error))?))
            }
        };
        Ok(Self { path: path.to_owned(), destination: Some(destination) })
    }

    /// Writes one.
    ///
    /// # Errors
    ///
    /// When the file cannot be written. Standard output without a reader ends quietly.
    pub fn write(&mut self, Emitted { at, event }: &Emitted) -> Result<(), RecordError> {
        let fail = |error| RecordError::new(&self.path, error);
        let line = serde_json::to_string(&EventLine { at, event }).map_err(|error| fail(error.into()))?;
        let line = redact(&line);
        match &mut self.destination {
            // Each at once, since a reader may wait for it.
            Some(Destination::File(file)) => writeln!(file, "{line}").and_then(|()| file.flush()).map_err(fail),
            Some(Destination::StandardOutput(lines)) => {
                // None is ever left out.
                lines.push(line, |_| String::new());
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl EventConsumer for EventLines {
    fn name(&self) -> &str {
        "the lines of events"
    }

    fn take(&mut self, emitted: &Emitted) -> Result<(), ConsumerError> {
        Ok(self.write(emitted)?)
    }

    fn end(&mut self) {
        self.destination = None;
    }
}
