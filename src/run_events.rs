//! The events of a run on their way from the runner to their consumers.

use precall_results::{CaseResult, RunEvent};

/// An event with its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Emitted {
    /// When: RFC 3339, milliseconds.
    pub at: String,
    /// What.
    pub event: RunEvent,
}

/// The way events go; clones go to the same place.
#[derive(Debug, Clone)]
pub struct Events {
    /// Not bounded by itself, as cases must not wait for consumers: what a page can make a case say is bounded where it comes in, and a
    /// bounded number of cases runs at once.
    sender: tokio::sync::mpsc::UnboundedSender<Emitted>,
}

impl Events {
    /// A way, and its end.
    pub fn channel() -> (Self, tokio::sync::mpsc::UnboundedReceiver<Emitted>) {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        (Self { sender }, receiver)
    }

    /// Emits the result of a case, and returns it as every consumer sees it: a result that could not be read back from its file is
    /// replaced by one that says so.
    pub fn emit_result(&self, result: CaseResult) -> Box<CaseResult> {
        let result = Box::new(result.readable());
        self.emit(RunEvent::CaseFinished { result: result.clone() });
        result
    }

    /// Says that something happened, now.
    pub fn emit(&self, event: RunEvent) {
        // Consumers outlive the run; should one not, there is nobody to tell.
        let _ = self.sender.send(Emitted { at: timestamp(), event });
    }
}

/// This moment in RFC 3339, to the millisecond.
pub fn timestamp() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
