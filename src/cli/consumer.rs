//! What takes the events of a run: progress, the record, and whoever asked for them as lines.

use std::path::PathBuf;

use tokio::sync::mpsc::UnboundedReceiver;

use super::error::CliError;
use crate::event::{Emitted, RunEvent, RunResult};
use crate::exit::Exit;
use crate::record::{EventLines, RecordError, Recorder};
use crate::report::terminal::Progress;
use crate::runner::Stop;

/// All that takes a run's events.
pub(super) struct Consumer {
    pub progress: Progress,
    pub recorder: Recorder,
    pub events: Option<EventLines>,
    /// What kept it from being recorded.
    pub broken: Option<RecordError>,
    /// Where it is recorded.
    pub run: PathBuf,
    pub stop: Stop,
}

impl Consumer {
    /// Gives each event to every consumer, until there are no more; gives the run's result, and
    /// whoever was given the events as lines.
    pub async fn consume(
        mut self,
        mut emitted: UnboundedReceiver<Emitted>,
    ) -> Result<(Option<RunResult>, Option<EventLines>), CliError> {
        while let Some(emitted) = emitted.recv().await {
            self.progress.show(&emitted.event);
            if self.broken.is_none()
                && let Err(error) = self.recorder.record(&emitted)
            {
                // What cannot be kept need not be measured; what has been can be gone on with once there is room.
                self.progress.show(&RunEvent::Warning { message: format!("{error}; the run ends here") });
                self.stop.now.cancel();
                self.broken = Some(error);
            }
            if let Some(Err(error)) = self.events.as_mut().map(|events| events.write(&emitted)) {
                self.progress.show(&RunEvent::Warning { message: error.to_string() });
                self.events = None;
            }
        }
        match self.broken {
            Some(error) => {
                let run = self.run.display();
                let message =
                    format!("{error}\nThe cases that ended are kept; then `precall run --resume {run}` does the rest.");
                Err(CliError::new(Exit::Infrastructure, message))
            }
            None => Ok((self.recorder.result().cloned(), self.events)),
        }
    }
}
