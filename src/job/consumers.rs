//! The consumers of a run's events, and the one policy for those that fail.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use tokio::sync::mpsc::UnboundedReceiver;

use super::error::JobError;
use crate::run_events::{ConsumerError, Emitted, EventConsumer, timestamp};
use crate::runner::Stop;
use precall_results::RunEvent;

/// All consumers of a run's events.
pub(super) struct Consumers {
    all: Vec<Box<dyn EventConsumer>>,
    /// Required consumers that failed. They get no further event, and hold what they hold until the run is over.
    failed: Vec<Box<dyn EventConsumer>>,
    /// The first error of a required consumer.
    error: Option<ConsumerError>,
    /// The run's directory.
    run: PathBuf,
    stop: Stop,
}

impl Consumers {
    /// Returns these consumers of the run that is recorded in `run`. Each event reaches them in their order.
    pub fn new(mut all: Vec<Box<dyn EventConsumer>>, run: PathBuf, stop: Stop) -> Self {
        all.iter_mut().for_each(|consumer| consumer.begin(&run));
        Self { all, failed: Vec::new(), error: None, run, stop }
    }

    /// Gives each event to every consumer until there are no more.
    ///
    /// # Errors
    ///
    /// When a required consumer failed. The run was stopped then.
    pub async fn consume(mut self, mut emitted: UnboundedReceiver<Emitted>) -> Result<Self, JobError> {
        while let Some(emitted) = emitted.recv().await {
            self.deliver(&emitted, |_| true);
        }
        match self.error {
            Some(error) => Err(JobError::Recording { run: self.run, error }),
            None => Ok(self),
        }
    }

    /// Ends every consumer that is left.
    pub fn end(&mut self) {
        for consumer in &mut self.all {
            let _ = catch_unwind(AssertUnwindSafe(|| consumer.end()));
        }
    }

    /// Gives an event to the consumers that it is meant for. Those that are left are warned of each that failed
    /// once all have had the event: a warning may fail further ones, and no consumer misses the event for that.
    fn deliver(&mut self, emitted: &Emitted, is_meant: fn(&dyn EventConsumer) -> bool) {
        let (mut place, mut warnings) = (0, Vec::new());
        while let Some(consumer) = self.all.get_mut(place) {
            if !is_meant(consumer.as_ref()) {
                place += 1;
                continue;
            }
            match catch_unwind(AssertUnwindSafe(|| consumer.take(emitted))) {
                Ok(Ok(())) => place += 1,
                Ok(Err(error)) => warnings.push(self.fail(place, error)),
                Err(_) => {
                    let broke = format!("{} broke", consumer.name());
                    warnings.push(self.fail(place, broke.into()));
                }
            }
        }
        warnings.into_iter().for_each(|warning| self.warn(warning));
    }

    /// Takes a consumer that failed out of the list. Returns the warning about it.
    fn fail(&mut self, place: usize, error: ConsumerError) -> String {
        let consumer = self.all.remove(place);
        if consumer.is_required() {
            let warning = format!("{error}; the run ends here");
            // What cannot be kept need not be measured. The run can be resumed.
            self.stop.now.cancel();
            self.failed.push(consumer);
            self.error.get_or_insert(error);
            return warning;
        }
        let warning = format!("{error}; the run continues without {}", consumer.name());
        // Its state is unknown, so even dropping it may panic.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(consumer)));
        warning
    }

    /// Warns the consumers that are not required: people, and programs that follow the run. The record stays one of the
    /// run alone.
    fn warn(&mut self, message: String) {
        if self.all.iter().all(|consumer| consumer.is_required()) {
            tracing::warn!("{message}");
            return;
        }
        let warning = Emitted { at: timestamp(), event: RunEvent::Warning { message } };
        self.deliver(&warning, |consumer| !consumer.is_required());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::record::{Recorder, RunCollector, RunDirectory, read_results, run_finished};
    use crate::run_events::Events;
    use precall_results::{CaseResult, RunResult};

    /// A consumer that keeps the warnings that it gets, or that fails or panics.
    struct Fake {
        warnings: Arc<Mutex<Vec<String>>>,
        take: fn(&RunEvent) -> Result<(), ConsumerError>,
        is_required: bool,
    }

    impl EventConsumer for Fake {
        fn name(&self) -> &str {
            "the fake"
        }

        fn is_required(&self) -> bool {
            self.is_required
        }

        fn take(&mut self, emitted: &Emitted) -> Result<(), ConsumerError> {
            if let RunEvent::Warning { message } = &emitted.event {
                self.warnings.lock().expect("nobody panicked").push(message.clone());
            }
            (self.take)(&emitted.event)
        }
    }

    fn recorded() -> RunResult {
        serde_json::from_str(include_str!("../../tests/fixtures/results.json")).expect("a recorded result")
    }

    /// Records a run with other consumers beside the recorder; returns what is on disk.
    async fn record(others: Vec<Box<dyn EventConsumer>>, change: impl Fn(&mut CaseResult)) -> RunResult {
        let mut run = recorded();
        let base = tempfile::tempdir().expect("a directory");
        let directory = RunDirectory::create(base.path(), "x", "2026").expect("a run");
        let path = directory.path().to_owned();
        let recorder = Recorder::new(directory, RunCollector::default()).expect("a recorder");
        let all = std::iter::once::<Box<dyn EventConsumer>>(Box::new(recorder)).chain(others).collect();
        let (events, emitted) = Events::channel();
        events.emit(RunEvent::RunStarted { run: run.run.clone() });
        let finished = run_finished(&run, std::time::Duration::from_secs(1));
        for mut case in run.cases.drain(..) {
            change(&mut case);
            events.emit_result(case);
        }
        events.emit(finished);
        drop(events);
        assert!(Consumers::new(all, path.clone(), Stop::default()).consume(emitted).await.is_ok());
        read_results(&path).expect("results")
    }

    #[tokio::test]
    async fn consumer_that_breaks_does_not_end_the_record() {
        let warnings = Arc::new(Mutex::new(Vec::new()));
        let fake = |take| Fake { warnings: Arc::clone(&warnings), take, is_required: false };
        let others: Vec<Box<dyn EventConsumer>> =
            vec![Box::new(fake(|_| panic!("a fault of the display"))), Box::new(fake(|_| Ok(())))];
        let run = record(others, |_| {}).await;
        assert!(run.cases.len() > 1);
        let warnings = warnings.lock().expect("nobody panicked").clone();
        assert_eq!(warnings, ["the fake broke; the run continues without the fake"]);
    }

    #[tokio::test]
    async fn required_consumer_that_fails_ends_the_run() {
        let stop = Stop::default();
        let warnings = Arc::new(Mutex::new(Vec::new()));
        let fake = |is_required, take| Fake { warnings: Arc::clone(&warnings), take, is_required };
        let all: Vec<Box<dyn EventConsumer>> =
            vec![Box::new(fake(true, |_| Err("the disk is full".into()))), Box::new(fake(false, |_| Ok(())))];
        let (events, emitted) = Events::channel();
        events.emit(RunEvent::RunStarted { run: recorded().run });
        drop(events);
        let consumed = Consumers::new(all, PathBuf::from("runs/x"), stop.clone()).consume(emitted).await;
        assert!(matches!(consumed, Err(JobError::Recording { .. })) && stop.now.is_cancelled());
        assert_eq!(*warnings.lock().expect("nobody panicked"), ["the disk is full; the run ends here"]);
    }

    /// The first consumer fails at the warning about the second one, and the third one gets the event all the same.
    #[tokio::test]
    async fn no_consumer_misses_an_event_because_others_fail() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let fake = |take| Fake { warnings: Arc::clone(&seen), take, is_required: false };
        let all: Vec<Box<dyn EventConsumer>> = vec![
            Box::new(fake(|event| match event {
                RunEvent::Warning { message } if message.starts_with("no room") => Err("no reader".into()),
                _ => Ok(()),
            })),
            Box::new(fake(|_| Err("no room".into()))),
            Box::new(fake(|_| Ok(()))),
        ];
        let (events, emitted) = Events::channel();
        events.emit(RunEvent::Warning { message: "an event".to_owned() });
        drop(events);
        assert!(Consumers::new(all, PathBuf::from("runs/x"), Stop::default()).consume(emitted).await.is_ok());
        let seen = seen.lock().expect("nobody panicked").clone();
        let lost = |cause: &str| format!("{cause}; the run continues without the fake");
        let third = ["an event".to_owned(), lost("no room"), lost("no reader")];
        assert_eq!(seen.iter().filter(|text| *text == "an event").count(), 3, "{seen:?}");
        assert!(third.iter().all(|text| seen.contains(text)), "{seen:?}");
    }

    #[tokio::test]
    async fn result_that_cannot_be_read_back_is_not_written() {
        let run = record(Vec::new(), |case| {
            case.expectations[0].expectation.value = precall_results::ExpectedValue::Number(f64::NAN);
        })
        .await;
        assert!(run.cases.iter().all(|case| case.reasons[0].contains("cannot be recorded")), "{run:?}");
    }
}
