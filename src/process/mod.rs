//! The process that a front end runs in: its log and its signals.

mod changes;
mod logging;
mod server_supervisor;
mod signals;

pub use changes::FileChanges;
pub use logging::start_logging;
pub use server_supervisor::run_server_supervisor;
pub use signals::{interruption, stop_on_signal, stop_on_signal_while};
