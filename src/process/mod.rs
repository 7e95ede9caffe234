//! The process that a front end runs in: its log and its signals.

mod logging;
mod signals;

pub use logging::start_logging;
pub use signals::{interruption, stop_on_signal};
