//! Runs the cases of a plan: slots, deadlines, retries, cancellation. Says what happens as typed events; formats nothing.

mod attempt;
mod browsers;
mod conditions;
mod deadline;
mod devices;
mod elsewhere;
mod ground;
mod host;
mod lab;
mod managed;
mod measured;
mod media;
mod media_watch;
mod run;
mod slots;

pub use browsers::BrowserChoice;
pub use devices::{fake_devices, needs_own_browser};
pub use host::HostMonitor;
pub use lab::{Builds, CaptureFiles, Lab, LabError};
pub use run::{RunOptions, Stop, run};
