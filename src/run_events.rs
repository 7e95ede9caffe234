//! The events of a run on their way from the runner to their consumers.

use std::error::Error;
use std::path::Path;

use precall_results::{CaseResult, RunEvent};

/// An event with its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Emitted {
    /// The time of the event, in RFC 3339 with milliseconds.
    pub at: String,
    /// The event that happened.
    pub event: RunEvent,
}

/// The sending end of a run's events. Clones send to the same receiver.
#[derive(Debug, Clone)]
pub struct Events {
    /// Not bounded by itself, as cases must not wait for consumers: what a page can make a case emit is bounded where
    /// it arrives, and a bounded number of cases runs at once.
    sender: tokio::sync::mpsc::UnboundedSender<Emitted>,
}

impl Events {
    /// Returns a sending and a receiving end.
    pub fn channel() -> (Self, tokio::sync::mpsc::UnboundedReceiver<Emitted>) {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        (Self { sender }, receiver)
    }

    /// Emits the result of a case, and returns it as every consumer sees it: a result that could not be read back from
    /// its file is replaced by one that says so.
    pub fn emit_result(&self, result: CaseResult) -> Box<CaseResult> {
        let result = Box::new(result.readable());
        self.emit(RunEvent::CaseFinished { result: result.clone() });
        result
    }

    /// Emits an event with the current time.
    pub fn emit(&self, event: RunEvent) {
        // Consumers outlive the run. Should they not, the event has no reader.
        let _ = self.sender.send(Emitted { at: timestamp(), event });
    }
}

/// Why a consumer could not take an event.
pub type ConsumerError = Box<dyn Error + Send + Sync>;

/// Takes the events of a run: a recorder, a progress display, a stream of lines, or the client of another program.
///
/// Consumers run in a task of their own, one after another, so a slow one delays the others but no case. A consumer
/// that fails or panics gets no further event. The run continues without it, unless it is required.
pub trait EventConsumer: Send {
    /// Returns what the consumer is called in a message about its failure, such as `the progress display`.
    fn name(&self) -> &str;

    /// Whether the run ends when this consumer fails. A run that cannot be recorded need not be measured.
    fn is_required(&self) -> bool {
        false
    }

    /// Is told the directory of the run, once, before the first event.
    fn begin(&mut self, run: &Path) {
        let _ = run;
    }

    /// Takes an event. Events arrive in the order in which they were emitted.
    ///
    /// # Errors
    ///
    /// When the event could not be taken.
    fn take(&mut self, emitted: &Emitted) -> Result<(), ConsumerError>;

    /// Ends the consumer, after the last event and after the reports of the run are written. May wait until its reader
    /// has taken everything.
    fn end(&mut self) {}
}

/// Returns the current time in RFC 3339 with milliseconds.
pub fn timestamp() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
