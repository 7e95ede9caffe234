//! Whoever shows a run while it runs. That it breaks is no reason to end the run.

use std::panic::{AssertUnwindSafe, catch_unwind};

use precall_results::RunEvent;
use precall_support::output::eprintln;

/// What is done with an event.
type Show = Box<dyn FnMut(&RunEvent) + Send>;

/// Shows events until it breaks.
pub(super) struct Display {
    show: Option<Show>,
}

impl Display {
    pub fn new(show: impl FnMut(&RunEvent) + Send + 'static) -> Self {
        Self { show: Some(Box::new(show)) }
    }

    /// Shows an event.
    pub fn show(&mut self, event: &RunEvent) {
        let Some(show) = &mut self.show else { return };
        // Whatever state it is left in, nobody uses it again.
        if catch_unwind(AssertUnwindSafe(|| show(event))).is_err() {
            let broken = self.show.take();
            let _ = catch_unwind(AssertUnwindSafe(|| drop(broken)));
            eprintln(format_args!("warning: the progress display broke, and is off; the run goes on"));
        }
    }
}
