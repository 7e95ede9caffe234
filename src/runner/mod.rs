//! Runs the cases of a plan: slots, deadlines, retries, cancellation. Says what happens as typed events; formats nothing.

mod attempt;
mod browsers;
mod case;
mod conditions;
mod contained;
mod deadline;
mod devices;
mod elsewhere;
mod gathered;
mod ground;
mod host;
mod lab;
mod listener;
mod managed;
mod measured;
mod media;
mod media_watch;
mod replay;
mod run;
mod schedule;
mod slots;
mod stage;

pub use browsers::BrowserChoice;
pub use devices::{fake_devices, needs_own_browser};
pub use host::HostMonitor;
pub use lab::{Builds, CaptureFiles, Lab, LabError};
pub use replay::replay;
pub use run::{RunOptions, Stop, run};
pub use schedule::RunEnd;
