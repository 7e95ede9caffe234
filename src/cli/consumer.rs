//! What takes the events of a run: progress, the record, and whoever asked for them as lines.

use std::path::PathBuf;

use tokio::sync::mpsc::UnboundedReceiver;

use super::display::Display;
use super::error::CliError;
use crate::record::{EventLines, RecordError, Recorder};
use crate::run_events::Emitted;
use crate::runner::Stop;
use precall_results::Exit;
use precall_results::RunEvent;

/// All that takes a run's events.
pub(super) struct Consumer {
    pub display: Display,
    pub recorder: Recorder,
    pub events: Option<EventLines>,
    /// What kept it from being recorded.
    pub broken: Option<RecordError>,
    /// Where it is recorded.
    pub run: PathBuf,
    pub stop: Stop,
}

impl Consumer {
    /// Gives each event to every consumer, until there are no more; returns the consumer of event lines, if there is one.
    pub async fn consume(mut self, mut emitted: UnboundedReceiver<Emitted>) -> Result<Option<EventLines>, CliError> {
        while let Some(emitted) = emitted.recv().await {
            // On disk before anybody shows it.
            let recorded = if self.broken.is_none() { self.recorder.record(&emitted) } else { Ok(()) };
            self.display.show(&emitted.event);
            if let Err(error) = recorded {
                // What cannot be kept need not be measured; what has been can be gone on with once there is room.
                self.display.show(&RunEvent::Warning { message: format!("{error}; the run ends here") });
                self.stop.now.cancel();
                self.broken = Some(error);
            }
            if let Some(Err(error)) = self.events.as_mut().map(|events| events.write(&emitted)) {
                self.display.show(&RunEvent::Warning { message: error.to_string() });
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
            None => Ok(self.events),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{RunCollector, RunDirectory, read_results, run_finished};
    use crate::run_events::Events;
    use precall_results::Outcome;
    use precall_results::{CaseResult, RunResult};

    /// A run of these cases, shown by `display`; gives what is on disk.
    async fn recorded(display: Display, change: impl Fn(&mut CaseResult)) -> RunResult {
        let mut run: RunResult =
            serde_json::from_str(include_str!("../../tests/fixtures/results.json")).expect("a recorded result");
        let base = tempfile::tempdir().expect("a directory");
        let directory = RunDirectory::create(base.path(), "x", "2026").expect("a run");
        let path = directory.path().to_owned();
        let recorder = Recorder::new(directory, RunCollector::default()).expect("a recorder");
        let stop = Stop::default();
        let consumer = Consumer { display, recorder, events: None, broken: None, run: path.clone(), stop };
        let (events, emitted) = Events::channel();
        events.emit(RunEvent::RunStarted { run: run.run.clone() });
        let ended = run.clone();
        for mut case in run.cases.drain(..) {
            change(&mut case);
            events.emit_result(case);
        }
        events.emit(run_finished(&RunResult { outcome: Outcome::Passed, ..ended }, 1.0));
        drop(events);
        assert!(consumer.consume(emitted).await.is_ok());
        read_results(&path).expect("results")
    }

    #[tokio::test]
    async fn a_display_that_breaks_does_not_end_the_record() {
        let run = recorded(Display::new(|_: &RunEvent| panic!("a fault of the display")), |_| {}).await;
        assert!(run.cases.len() > 1);
    }

    #[tokio::test]
    async fn a_result_that_cannot_be_read_back_is_not_written() {
        let run = recorded(Display::new(|_: &RunEvent| {}), |case| case.seconds = f64::NAN).await;
        assert!(run.cases.iter().all(|case| case.reasons[0].contains("cannot be recorded")), "{run:?}");
    }
}
